namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>A peer program did not do what the test needs from it; this says nothing about Plimsoll.</summary>
public sealed class PeerException(string message) : Exception(message);
