// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/command_line.hpp"

namespace authzd {
namespace {

const std::map<std::string, OutputForm> kReportForms{{"text", OutputForm::text},
                                                     {"json", OutputForm::json}};

}  // namespace

ReadCommand describe_record(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<RecordCheckCommand>();
  sub.add_option("command", line.recorded, "-- and a command with its options; or check FILE")
      ->type_name("WORD")
      ->required();
  sub.add_option("--to",
                 line.trace,
                 "File for the trace (default: authzd-TIME.trace.jsonl, in the working directory)")
      ->type_name("FILE");
  add_choice(sub, "-o,--output", command->output, kReportForms, "check: form of standard output");
  return [&line, command] {
    command->file = line.recorded.size() > 1 ? line.recorded.back() : std::string();
    return AnyCommand(*command);
  };
}

}  // namespace authzd
