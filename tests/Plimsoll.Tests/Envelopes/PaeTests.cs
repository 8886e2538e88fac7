using Plimsoll.Envelopes;

namespace Plimsoll.Tests.Envelopes;

public sealed class PaeTests
{
    [Fact]
    public void Every_encoding_of_the_specification_is_reproduced()
    {
        using var vectors = SharedJson.Read("vectors/sigstore/dsse/dsse.json");

        foreach (var vector in vectors.RootElement.GetProperty("pae").EnumerateArray())
        {
            var payload = vector.GetProperty("payload_b64").GetBytesFromBase64();

            Assert.Equal(vector.GetProperty("pae_b64").GetBytesFromBase64(), Pae.Encode(vector.GetProperty("payloadType").GetString()!, payload));
        }
    }

    [Fact]
    public void Lengths_keep_type_and_payload_apart()
    {
        Assert.NotEqual(Pae.Encode("a", "b c"u8), Pae.Encode("a b", "c"u8));
    }
}
