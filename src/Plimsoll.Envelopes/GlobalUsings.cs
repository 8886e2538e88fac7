global using System.Collections.Immutable;
global using Plimsoll.Primitives;
global using Plimsoll.Primitives.Json;
