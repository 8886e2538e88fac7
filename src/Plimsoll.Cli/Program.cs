using Plimsoll.Cli;

return await PlimsollCommand.Run(args);
