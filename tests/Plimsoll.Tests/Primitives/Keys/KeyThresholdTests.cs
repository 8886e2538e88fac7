using System.Collections.Immutable;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Tests.Primitives.Keys;

public sealed class KeyThresholdTests
{
    private static readonly byte[] Message = "message"u8.ToArray();
    private static readonly Ed25519SigningKey[] Signers = [.. Enumerable.Range(1, 4).Select(at => Ed25519SigningKey.FromSeed([.. Enumerable.Repeat((byte)at, 32)]))];

    [Fact]
    public void Enough_different_keys_are_accepted_in_any_order()
    {
        var threshold = Threshold(2, Named("A", 0), Named("B", 1), Named("C", 2));

        threshold.Verify(Message, [Signed("C", 2), Signed("A", 0)]).ShouldSucceed();
        threshold.Verify(Message, [Signed("A", 0), Signed("B", 1), Signed("C", 2)]).ShouldSucceed();
    }

    [Fact]
    public void A_refusal_says_who_signed_who_is_missing_and_whose_signature_is_bad()
    {
        var threshold = Threshold(3, Named("A", 0), Named("B", 1), Named("C", 2), Named("D", 3), new NamedKey("E", null, "unknown key type 'x'"));

        var refused = threshold.Verify(Message, [Signed("A", 0), Signed("B", 1), Signed("D", 0), Signed("stranger", 2)]).ShouldFailWith("signature.too-few");

        Assert.Equal("2 of 3 signatures: have A, B; missing C; bad signature D; cannot be used E (unknown key type 'x')", refused.What);
    }

    [Fact]
    public void One_key_under_two_names_counts_once()
    {
        var threshold = Threshold(2, Named("A", 0), Named("B", 0), Named("C", 2));

        var refused = threshold.Verify(Message, [Signed("A", 0), Signed("B", 0)]).ShouldFailWith("signature.too-few");

        Assert.Equal("1 of 2 signatures: have A; missing C; the same key again B", refused.What);
        threshold.Verify(Message, [Signed("A", 0), Signed("B", 0), Signed("C", 2)]).ShouldSucceed();
    }

    [Fact]
    public void An_empty_signature_is_of_somebody_who_did_not_sign()
    {
        var refused = Threshold(1, Named("A", 0)).Verify(Message, [new NamedSignature("A", default)]).ShouldFailWith("signature.too-few");

        Assert.Equal("0 of 1 signatures: missing A", refused.What);
    }

    [Fact]
    public void A_signature_under_another_keys_name_does_not_count()
        => Threshold(1, Named("A", 0), Named("B", 1)).Verify(Message, [Signed("A", 1), Signed("B", 0)]).ShouldFailWith("signature.too-few");

    [Fact]
    public void More_signatures_than_there_are_keys_are_never_reached()
        => Threshold(3, Named("A", 0), Named("B", 1)).Verify(Message, [Signed("A", 0), Signed("B", 1)]).ShouldFailWith("signature.too-few");

    [Fact]
    public void A_report_of_many_keys_stays_readable()
    {
        var threshold = Threshold(1, [.. Enumerable.Range(0, 200).Select(at => Named($"{new string('n', 100)}{at}", 0))]);

        Assert.InRange(threshold.Verify(Message, []).ShouldFailWith("signature.too-few").What.Length, 50, 400);
    }

    [Fact]
    public void The_fingerprint_is_of_number_and_keys_and_of_nothing_else()
    {
        var one = Threshold(1, Named("A", 0), Named("B", 1)).Fingerprint;

        Assert.Equal(one, Threshold(1, Named("x", 1), Named("y", 0), Named("z", 0), new NamedKey("w", null, "unknown")).Fingerprint);
        Assert.NotEqual(one, Threshold(2, Named("A", 0), Named("B", 1)).Fingerprint);
        Assert.NotEqual(one, Threshold(1, Named("A", 0)).Fingerprint);
        Assert.NotEqual(one, Threshold(1, Named("A", 0), Named("B", 2)).Fingerprint);
    }

    [Fact]
    public void A_record_speaks_for_one_threshold_one_text_and_one_place()
    {
        var threshold = Threshold(1, Named("A", 0));
        var record = new VerificationRecord([threshold.Entry(Message, "targets")]);

        Assert.NotNull(threshold.Recall(Message, "targets", record));
        Assert.Null(threshold.Recall(Message, "snapshot", record));
        Assert.Null(threshold.Recall("massage"u8.ToArray(), "targets", record));
        Assert.Null(Threshold(1, Named("A", 1)).Recall(Message, "targets", record));
        Assert.Null(threshold.Recall(Message, "targets", VerificationRecord.Empty));
    }

    private static KeyThreshold Threshold(int needed, params ImmutableArray<NamedKey> keys) => new(needed, keys);

    private static NamedKey Named(string name, int signer)
        => new(name, PublicKeys.ImportSpki(Signers[signer].SubjectPublicKeyInfo.Span, EcdsaEncoding.Der).ShouldSucceed());

    private static NamedSignature Signed(string name, int signer) => new(name, Signers[signer].Sign(Message, EcdsaEncoding.Der));
}
