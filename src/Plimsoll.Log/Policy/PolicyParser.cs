using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Plimsoll.Log.Notes;

namespace Plimsoll.Log.Policy;

/// <summary>Reads a policy line by line; a name means something only behind the line that defines it.</summary>
internal sealed class PolicyParser
{
    private const int MostLines = 4096;
    private const string NoQuorum = "none";

    private readonly ImmutableArray<PolicyLog>.Builder _logs = ImmutableArray.CreateBuilder<PolicyLog>();
    private readonly ImmutableArray<PolicyWitness>.Builder _witnesses = ImmutableArray.CreateBuilder<PolicyWitness>();
    private readonly Dictionary<string, Quorum> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private (string Name, Quorum? Value)? _quorum;
    private int _line;

    public Result<LogPolicy> Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > LogPolicy.MostBytes)
            return Malformed($"{bytes.Length} bytes are more than {LogPolicy.MostBytes}");
        foreach (var value in bytes.Span)
        {
            if (value is < 0x20 and not ((byte)'\n' or (byte)'\t') or 0x7f)
                return Malformed($"the control character 0x{value:x2} stands in it");
        }

        if (!Utf8.IsValid(bytes.Span))
            return Malformed("it is not UTF-8");
        var lines = Encoding.UTF8.GetString(bytes.Span).Split('\n');
        if (lines.Length > MostLines)
            return Malformed($"{lines.Length} lines are more than {MostLines}");
        foreach (var line in lines)
        {
            _line++;
            if (Read(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)) is { } failure)
                return failure;
        }

        return _quorum is { } quorum
            ? new LogPolicy(_logs.ToImmutable(), _witnesses.ToImmutable(), quorum.Value)
            : Malformed("no line 'quorum' says how many witnesses are needed");
    }

    private Failure? Read(string[] words) => words switch
    {
        [] or [['#', ..], ..] => null,
        ["log", var key] => AddLog(key, null),
        ["log", var key, var address] => AddLog(key, address),
        ["witness", var name, var key] => AddWitness(name, key, null),
        ["witness", var name, var key, var address] => AddWitness(name, key, address),
        ["group", var name, var threshold, .. var members] => AddGroup(name, threshold, members),
        ["quorum", var name] => SetQuorum(name),
        _ => Malformed($"'{Refused.Shorten(words[0])}' begins no line of this form"),
    };

    private Failure? AddLog(string text, string? address)
    {
        if (!ReadKey(text, address).Succeeded(out var read, out var failure))
            return failure;
        _logs.Add(new PolicyLog(read.Key, read.Address));
        return null;
    }

    private Failure? AddWitness(string name, string text, string? address)
    {
        if (!ReadKey(text, address).Succeeded(out var read, out var failure))
            return failure;
        if (!read.Key.IsCosigner)
            return Malformed($"the key of witness '{name}' signs no times, so it is no witness's");
        if (Define(name, Quorum.Of(name)) is { } refused)
            return refused;
        _witnesses.Add(new PolicyWitness(name, read.Key, read.Address));
        return null;
    }

    private Failure? AddGroup(string name, string threshold, string[] members)
    {
        var needed = threshold switch
        {
            "any" => 1,
            "all" => members.Length,
            _ when int.TryParse(threshold, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && threshold == $"{number}" => number,
            _ => 0,
        };
        if (needed < 1 || needed > members.Length)
            return Malformed($"group '{Refused.Shorten(name)}' asks for '{Refused.Shorten(threshold)}' of {members.Length} members");

        var found = ImmutableArray.CreateBuilder<Quorum>(members.Length);
        foreach (var member in members)
        {
            if (!_names.TryGetValue(member, out var defined))
                return Malformed($"'{Refused.Shorten(member)}' is defined on no line before");
            if (!_members.Add(member))
                return Malformed($"'{member}' is a member already: a witness must not count twice");
            found.Add(defined);
        }

        return Define(name, new Quorum(needed, found.MoveToImmutable(), null));
    }

    private Failure? SetQuorum(string name)
    {
        if (_quorum is { } present)
            return Malformed($"the quorum is '{present.Name}' already");
        if (name != NoQuorum && !_names.ContainsKey(name))
            return Malformed($"'{Refused.Shorten(name)}' is defined on no line before");
        _quorum = (name, name == NoQuorum ? null : _names[name]);
        return null;
    }

    private Failure? Define(string name, Quorum meaning)
        => name == NoQuorum || name.Length > NoteName.MostLength || !_names.TryAdd(name, meaning) ? Malformed($"the name '{Refused.Shorten(name)}' is taken, or cannot be one") : null;

    private Result<(VerifierKey Key, Uri? Address)> ReadKey(string text, string? address)
    {
        if (!VerifierKey.Parse(text).Succeeded(out var key, out var failure))
            return failure with { What = $"line {_line}: {failure.What}" };
        if (!_keys.Add(key.Material))
            return Malformed($"the key of '{key.Name}' stands in the policy already");
        Uri? parsed = null;
        return address is null || (Uri.TryCreate(address, UriKind.Absolute, out parsed) && parsed.Scheme is "http" or "https" && parsed.UserInfo == "")
            ? (key, parsed)
            : Malformed($"'{Refused.Shorten(address)}' is no URL");
    }

    private Failure Malformed(string what) => Refused.Malformed("log.policy", $"line {_line}: {what}", "correct the log's policy at the line named");
}
