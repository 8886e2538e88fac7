using Plimsoll.Benchmarks;

return await BenchCommand.Run(args, Console.Out, Console.Error);
