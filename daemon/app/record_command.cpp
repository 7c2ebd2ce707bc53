// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/dispatch.hpp"
#include "daemon/app/recording.hpp"
#include "daemon/cli/command_row.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/files.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/trace/trace_report.hpp"

#include <ostream>

namespace authzd {
namespace {

void say_where(const CommandContext& context, TraceRecorder& recorder) {
  if (recorder.kept() == 0) {
    recorder.discard();
    context.console.err << "authzd: nothing was asked of IAM, so that there is no trace\n";
    return;
  }
  context.console.err << "authzd: " << count_of(recorder.kept(), "exchange", "exchanges")
                      << " recorded in " << printable(recorder.path())
                      << "; look at it before you send it to anyone: authzd record check "
                      << printable(recorder.path()) << '\n';
}

}  // namespace

Ending record(CommandContext context, Invocation invocation) {
  if (!invocation.row->needs.asks_iam) {
    co_return fail_usage(context,
                         "this command asks nothing of IAM by itself: record plan, apply, list, "
                         "export, wait, undo, release or run; a daemon's exchanges are kept by "
                         "'record: DIR' in its configuration");
  }
  TraceRecorderOptions options;
  options.file = context.options.trace.value_or("");
  const auto recorder = std::make_shared<TraceRecorder>(
      std::move(options), context.clock, context.randomness, context.log);
  if (auto opened = recorder->open(); !opened) {
    co_return fail(context, opened.error());
  }
  CommandContext recorded = context;
  recorded.recorder = recorder;
  const ExitCode code = co_await dispatch(recorded, std::move(invocation));
  say_where(context, *recorder);
  co_return code;
}

std::shared_ptr<TraceRecorder> recorder_of(const CommandContext& context, const Setup& setup) {
  std::shared_ptr<TraceRecorder> recorder = context.recorder;
  if (recorder == nullptr && !setup.record_directory.empty()) {
    TraceRecorderOptions options;
    options.folder = setup.record_directory;
    recorder = std::make_shared<TraceRecorder>(
        std::move(options), context.clock, context.randomness, context.log);
  }
  if (recorder != nullptr) recorder->describe(endpoint_of(setup.iam.endpoint.origin.host));
  return recorder;
}

Ending run_command(CommandContext context, RecordCheckCommand command) {
  if (command.file.empty()) {
    co_return fail_usage(context, "name the trace: authzd record check FILE");
  }
  const auto text = command.file == kStandardInput ? read_standard_input(kMaxTraceBytes)
                                                   : read_whole_file(command.file, kMaxTraceBytes);
  if (!text) {
    co_return fail(context, text.error());
  }
  const auto trace = read_trace(*text);
  if (!trace) {
    Error error = trace.error();
    co_return fail(context, std::move(error).context(printable(command.file)));
  }
  const TraceVerdict verdict = judge_trace(*trace);
  context.console.out << (command.output == OutputForm::json ? trace_report_json(*trace, verdict)
                                                             : trace_text(*trace, verdict));
  const bool is_contradicted = verdict.count(FactVerdict::contradicted) > 0;
  co_return is_contradicted ? ExitCode::conflicts : ExitCode::done;
}

}  // namespace authzd
