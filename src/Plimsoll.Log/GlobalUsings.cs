global using System.Collections.Immutable;
global using Plimsoll.Primitives;
