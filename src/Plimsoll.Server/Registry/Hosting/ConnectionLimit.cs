using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Plimsoll.Server.Registry.Hosting;

/// <summary>
/// Bounds the open connections without turning anybody away who has something to ask: at the bound, the connection that has
/// been without a request for longest is closed for the new one.
/// </summary>
internal sealed class ConnectionLimit(int most)
{
    private readonly Lock _lock = new();

    // Those without a request, the longest idle first.
    private readonly LinkedList<Connection> _idle = [];
    private int _count;

    /// <summary>How many are open.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many were closed for others.</summary>
    public long Closed { get; private set; }

    /// <summary>Counts a listener's connections.</summary>
    public ConnectionDelegate Bound(ConnectionDelegate next) => async context =>
    {
        var connection = new Connection(context);
        if (!Enter(connection))
        {
            context.Abort();
            return;
        }

        context.Features.Set(connection);
        try
        {
            await next(context);
        }
        finally
        {
            Leave(connection);
        }
    };

    /// <summary>Marks a request's connection as busy until disposed.</summary>
    public IDisposable? Begin(HttpContext context) => context.Features.Get<Connection>() is { } connection ? new Request(this, connection) : null;

    private bool Enter(Connection connection)
    {
        Connection? victim = null;
        lock (_lock)
        {
            if (_count >= most)
            {
                victim = _idle.First?.Value;
                if (victim is null)
                    return false;
                Remove(victim);
                Closed++;
            }

            _count++;
            connection.Node = _idle.AddLast(connection);
        }

        victim?.Context.Abort(new ConnectionAbortedException("closed for a new connection: idle for longest"));
        return true;
    }

    private void Leave(Connection connection)
    {
        lock (_lock)
            Remove(connection);
    }

    private void Remove(Connection connection)
    {
        if (connection.IsGone)
            return;
        connection.IsGone = true;
        _count--;
        if (connection.Node is { } node)
            _idle.Remove(node);
        connection.Node = null;
    }

    private sealed class Connection(ConnectionContext context)
    {
        public ConnectionContext Context => context;

        public LinkedListNode<Connection>? Node { get; set; }

        public int Requests { get; set; }

        public bool IsGone { get; set; }
    }

    private sealed class Request : IDisposable
    {
        private readonly ConnectionLimit _limit;
        private readonly Connection _connection;

        public Request(ConnectionLimit limit, Connection connection)
        {
            (_limit, _connection) = (limit, connection);
            lock (limit._lock)
            {
                connection.Requests++;
                if (connection.Node is { } node)
                    limit._idle.Remove(node);
                connection.Node = null;
            }
        }

        public void Dispose()
        {
            lock (_limit._lock)
            {
                if (--_connection.Requests == 0 && !_connection.IsGone)
                    _connection.Node = _limit._idle.AddLast(_connection);
            }
        }
    }
}
