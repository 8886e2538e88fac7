using Plimsoll.Benchmarks;

switch (args)
{
    case ["gq", .. var sizes]:
        GqBenchmarks.Run(Console.Out, sizes);
        return 0;
    case ["openpubkey"]:
        OpenPubkeyBenchmarks.Run(Console.Out);
        return 0;
    default:
        Console.Error.WriteLine("usage: Plimsoll.Benchmarks gq [BITS...] | openpubkey");
        return 2;
}
