using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Plimsoll.Verification.Policy;

/// <summary>Reads a mapping's fields by name; the first failure sticks, and fields that nobody asked for are refused with a suggestion.</summary>
internal sealed class YamlMap
{
    private readonly YamlMapping _mapping;
    private readonly Reading _reading;
    private readonly List<string> _known = [];

    public YamlMap(YamlMapping mapping)
        : this(mapping, new Reading())
    {
    }

    private YamlMap(YamlMapping mapping, Reading reading)
    {
        _mapping = mapping;
        _reading = reading;
    }

    public Position Position => _mapping.Position;

    public bool Failed([NotNullWhen(true)] out Failure? failure)
    {
        failure = _reading.First;
        return failure is not null;
    }

    public void Fail(string code, Position at, string what) => _reading.First ??= YamlDocument.Refused(code, at, what);

    public void Fail(Failure failure, Position at) => _reading.First ??= failure with { What = $"{at}: {failure.What}" };

    public Position At(string name) => Entry(name)?.Position ?? Position;

    public bool Has(string name) => Entry(name) is not null;

    public string Text(string name)
    {
        if (!Has(name))
            FailMissing(name);
        return OptionalText(name) ?? "";
    }

    public string? OptionalText(string name)
    {
        if (Entry(name) is not { } node)
            return null;
        if (node is YamlScalar { Text.Length: > 0 } scalar)
            return scalar.Text;
        Fail("policy.type", node.Position, $"'{name}' must be a text");
        return null;
    }

    public long? OptionalInteger(string name)
    {
        if (Entry(name) is not { } node)
            return null;
        if (node is YamlScalar { Plain: true } scalar
            && long.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number.ToString(CultureInfo.InvariantCulture) == scalar.Text)
            return number;
        Fail("policy.type", node.Position, $"'{name}' must be a whole number");
        return null;
    }

    /// <summary>One text or a list of texts.</summary>
    public ImmutableArray<string> Texts(string name) => Entry(name) switch
    {
        null => [],
        YamlScalar { Text.Length: > 0 } scalar => [scalar.Text],
        YamlSequence { Items.Count: > 0 } list when list.Items.All(item => item is YamlScalar { Text.Length: > 0 })
            => [.. list.Items.Select(item => ((YamlScalar)item).Text)],
        { } other => FailTexts(name, other.Position),
    };

    public YamlMap? OptionalMap(string name)
    {
        if (Entry(name) is not { } node)
            return null;
        if (node is YamlMapping mapping)
            return new YamlMap(mapping, _reading);
        Fail("policy.type", node.Position, $"'{name}' must be a mapping");
        return null;
    }

    public ImmutableArray<YamlMap> Maps(string name)
    {
        if (Entry(name) is not { } node)
        {
            FailMissing(name);
            return [];
        }

        if (node is YamlSequence list && list.Items.All(item => item is YamlMapping))
            return [.. list.Items.Select(item => new YamlMap((YamlMapping)item, _reading))];
        Fail("policy.type", node.Position, $"'{name}' must be a list of mappings");
        return [];
    }

    /// <summary>All entries as maps, for tables whose keys are names.</summary>
    public ImmutableArray<(string Name, Position At, YamlMap Value)> Table()
    {
        var rows = ImmutableArray.CreateBuilder<(string, Position, YamlMap)>();
        foreach (var (key, value) in _mapping.Entries)
        {
            if (value is YamlMapping mapping)
                rows.Add((key.Text, key.Position, new YamlMap(mapping, _reading)));
            else
                Fail("policy.type", value.Position, $"'{key.Text}' must be a mapping");
        }

        return rows.ToImmutable();
    }

    /// <summary>All entries as one text or a list of texts each.</summary>
    public ImmutableArray<(string Name, Position At, ImmutableArray<string> Values)> TextTable()
        => [.. _mapping.Entries.Select(entry => (entry.Key.Text, entry.Key.Position, Texts(entry.Key.Text)))];

    /// <summary>Refuses a field that the design knows and this version does not enforce: what we cannot check is not passed over.</summary>
    public void RefuseUnenforced(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Has(name))
                Fail("policy.not-enforced", At(name), $"'{name}' is not enforced by this version, so a policy that relies on it does not load");
        }
    }

    public void NoOtherFields()
    {
        foreach (var (key, _) in _mapping.Entries)
        {
            if (_known.Contains(key.Text))
                continue;
            var nearest = _known.MinBy(known => Distance(known, key.Text));
            var hint = nearest is not null && Distance(nearest, key.Text) <= 3 ? $"; did you mean '{nearest}'?" : "";
            Fail("policy.unknown-field", key.Position, $"'{key.Text}' is not a field here{hint}");
        }
    }

    /// <summary>A field that is missing is often there, misspelt; then that is what has to be corrected.</summary>
    private void FailMissing(string name)
    {
        var (misspelt, _) = _mapping.Entries.FirstOrDefault(entry => !_known.Contains(entry.Key.Text) && Distance(entry.Key.Text, name) <= 2);
        if (misspelt is null)
            Fail("policy.missing-field", Position, $"'{name}' is missing");
        else
            Fail("policy.unknown-field", misspelt.Position, $"'{misspelt.Text}' is not a field here; did you mean '{name}'?");
    }

    private ImmutableArray<string> FailTexts(string name, Position at)
    {
        Fail("policy.type", at, $"'{name}' must be a text or a list of texts");
        return [];
    }

    private YamlNode? Entry(string name)
    {
        if (!_known.Contains(name))
            _known.Add(name);
        return _mapping.Entries.FirstOrDefault(entry => entry.Key.Text == name).Value;
    }

    /// <summary>Levenshtein's distance, on names of at most 40 characters.</summary>
    private static int Distance(string left, string right)
    {
        if (left.Length > 40 || right.Length > 40)
            return int.MaxValue;

        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var substitute = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }

    private sealed class Reading
    {
        public Failure? First { get; set; }
    }
}
