// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/command_line.hpp"

namespace authzd {
namespace {

const std::map<std::string, OutputForm> kReportForms{{"text", OutputForm::text},
                                                     {"json", OutputForm::json}};

}  // namespace

void add_record(CommandLine& line) {
  const auto command = std::make_shared<RecordCheckCommand>();
  CLI::App& sub = *line.app.add_subcommand(
      "record", "Keep a command's exchanges with IAM as a file, or look at such a file");
  sub.footer(
      "authzd record -- plan …: performs the command, and keeps what it asked of IAM and what IAM\n"
      "answered: ids, names, addresses and texts replaced by stand-ins, secrets and tokens never\n"
      "in it. The file must not be there yet; only its owner may read it. The command stands\n"
      "alone: what a daemon exchanges is kept where its configuration says 'record: DIR'.\n"
      "authzd record check FILE: which facts about IAM a trace confirms, contradicts or settles,\n"
      "and what authzd does not know of the replies. Exits 0, or 5 where it contradicts one.\n"
      "iam-sandbox --replay FILE answers as the trace has it.");
  sub.add_option("command", line.recorded, "-- and a command with its options; or check FILE")
      ->type_name("WORD")
      ->required();
  sub.add_option("--to",
                 line.trace,
                 "File for the trace (default: authzd-TIME.trace.jsonl, in the working directory)")
      ->type_name("FILE");
  add_choice(sub, "--output,-o", command->output, kReportForms, "check: form of standard output");
  sub.callback([&line, command] {
    line.command = [&line, command] {
      command->file = line.recorded.size() > 1 ? line.recorded.back() : std::string();
      return AnyCommand(*command);
    };
  });
}

}  // namespace authzd
