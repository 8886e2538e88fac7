using System.Collections;

namespace Plimsoll.Primitives.Json;

/// <summary>An array's elements, in order. Going through them by <c>foreach</c> allocates nothing.</summary>
public readonly struct JsonElements : IReadOnlyList<JsonValue>
{
    private readonly JsonText? _text;
    private readonly int _array;

    internal JsonElements(JsonText text, int array)
    {
        _text = text;
        _array = array;
    }

    /// <summary>How many there are; counting walks over all of them.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var _ in this)
                count++;
            return count;
        }
    }

    /// <summary>The element at a place; finding it walks over those before it, so a list is gone through by <c>foreach</c>.</summary>
    public JsonValue this[int index]
    {
        get
        {
            foreach (var element in this)
            {
                if (index-- == 0)
                    return element;
            }

            throw new ArgumentOutOfRangeException(nameof(index));
        }
    }

    /// <summary>Starts before the first element.</summary>
    public Enumerator GetEnumerator() => new(_text, _array);

    IEnumerator<JsonValue> IEnumerable<JsonValue>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Steps from one element to the next, over everything inside it.</summary>
    public struct Enumerator : IEnumerator<JsonValue>
    {
        private readonly JsonText? _text;
        private readonly int _end;
        private int _at;
        private int _next;

        internal Enumerator(JsonText? text, int array)
        {
            _text = text;
            _next = array + 1;
            _end = text?.Rows[array].End ?? 0;
        }

        /// <inheritdoc/>
        public readonly JsonValue Current => new(_text!, _at);

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            if (_next >= _end)
                return false;
            _at = _next;
            _next = _text!.Rows[_at].End;
            return true;
        }

        /// <summary>Not supported: start again with a new enumerator.</summary>
        public readonly void Reset() => throw new NotSupportedException();

        /// <summary>Nothing is held.</summary>
        public readonly void Dispose()
        {
        }
    }
}

/// <summary>An object's members, in order. Going through them by <c>foreach</c> allocates nothing.</summary>
public readonly struct JsonMembers : IReadOnlyList<(JsonValue Name, JsonValue Value)>
{
    private readonly JsonText? _text;
    private readonly int _object;

    internal JsonMembers(JsonText text, int @object)
    {
        _text = text;
        _object = @object;
    }

    /// <summary>How many there are; counting walks over all of them.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var _ in this)
                count++;
            return count;
        }
    }

    /// <summary>The member at a place; finding it walks over those before it.</summary>
    public (JsonValue Name, JsonValue Value) this[int index]
    {
        get
        {
            foreach (var member in this)
            {
                if (index-- == 0)
                    return member;
            }

            throw new ArgumentOutOfRangeException(nameof(index));
        }
    }

    /// <summary>Starts before the first member.</summary>
    public Enumerator GetEnumerator() => new(_text, _object);

    IEnumerator<(JsonValue Name, JsonValue Value)> IEnumerable<(JsonValue Name, JsonValue Value)>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Steps from one member to the next, over everything inside its value.</summary>
    public struct Enumerator : IEnumerator<(JsonValue Name, JsonValue Value)>
    {
        private readonly JsonText? _text;
        private readonly int _end;
        private int _at;
        private int _next;

        internal Enumerator(JsonText? text, int @object)
        {
            _text = text;
            _next = @object + 1;
            _end = text?.Rows[@object].End ?? 0;
        }

        /// <inheritdoc/>
        public readonly (JsonValue Name, JsonValue Value) Current => (new JsonValue(_text!, _at), new JsonValue(_text!, _at + 1));

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            if (_next >= _end)
                return false;
            _at = _next;
            _next = _text!.Rows[_at + 1].End;
            return true;
        }

        /// <summary>Not supported: start again with a new enumerator.</summary>
        public readonly void Reset() => throw new NotSupportedException();

        /// <summary>Nothing is held.</summary>
        public readonly void Dispose()
        {
        }
    }
}
