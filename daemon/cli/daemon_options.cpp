// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/command_line.hpp"

namespace authzd {
namespace {

const std::map<std::string, CompletedWord> kCompleted{{"accounts", CompletedWord::accounts},
                                                      {"approvals", CompletedWord::approvals},
                                                      {"hashes", CompletedWord::hashes},
                                                      {"names", CompletedWord::names},
                                                      {"pins", CompletedWord::pins},
                                                      {"runs", CompletedWord::runs},
                                                      {"services", CompletedWord::services}};

const std::map<std::string, AccountsForm> kAccountsForms{{"text", AccountsForm::text},
                                                         {"wide", AccountsForm::wide},
                                                         {"json", AccountsForm::json},
                                                         {"yaml", AccountsForm::yaml},
                                                         {"name", AccountsForm::name}};

const std::map<std::string, RolloutVerb> kRolloutVerbs{{"status", RolloutVerb::status},
                                                       {"pause", RolloutVerb::pause},
                                                       {"resume", RolloutVerb::resume},
                                                       {"promote", RolloutVerb::promote}};

}  // namespace

ReadCommand describe_accounts(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<AccountsCommand>();
  line.add_named_account(sub);
  line.add_local(sub);
  add_choice(sub, "-o,--output", command->output, kAccountsForms, "Form of standard output");
  return reads(command);
}

ReadCommand describe_status(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<StatusCommand>();
  line.add_named_account(sub);
  sub.add_flag("-w,--watch", command->watches, "On a terminal: again every 2 s, until Ctrl-C");
  add_text_or_json(sub, command->output);
  return reads(command);
}

ReadCommand describe_sync(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<SyncCommand>();
  line.add_named_account(sub);
  sub.add_flag("--wait", command->wait, "Wait until the cycle has ended, and show how");
  add_duration(sub, "--timeout", command->timeout, "Wait no longer than this (default 5m)");
  return reads(command);
}

ReadCommand describe_approve(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<ApproveCommand>();
  line.add_account(sub);
  line.add_state(sub);
  sub.add_option("what", command->what, "As 'authzd plan' and 'authzd status' show it")
      ->type_name("HASH|REVISION")
      ->required();
  sub.add_option("--undo", command->undo, "What 'authzd undo RUN' shows as held, of this run")
      ->type_name("RUN");
  sub.add_flag("-y,--yes", command->yes, "Do not ask");
  return reads(command);
}

ReadCommand describe_approvals(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<ApprovalsCommand>();
  line.add_account(sub);
  line.add_state(sub);
  sub.add_option("--revoke",
                 command->revoked,
                 "Take back: a hash (32 digits or more), a revision, or firstDeletes (repeatable)")
      ->type_name("HASH|REVISION")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_text_or_json(sub, command->output);
  return reads(command);
}

ReadCommand describe_runs(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<RunsCommand>();
  line.add_account(sub);
  line.add_state(sub);
  sub.add_option("-n,--count", command->count, "At most so many of each account")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000));
  add_text_or_json(sub, command->output);
  return reads(command);
}

ReadCommand describe_show(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<ShowCommand>();
  line.add_account(sub);
  line.add_state(sub);
  sub.add_option("run", command->run, "Its id, or the beginning of it")
      ->type_name("RUN")
      ->required();
  add_full(sub, command->detail);
  add_text_or_json(sub, command->output);
  return reads(command);
}

ReadCommand describe_undo(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<UndoCommand>();
  line.add_account(sub);
  line.add_state(sub);
  sub.add_option("run", command->run, "Its id, or its first eight digits and more")
      ->type_name("RUN")
      ->required();
  sub.add_flag("-y,--yes", command->yes, "Do not ask; rails still hold");
  sub.add_option("--plan-hash", command->plan_hash, "Do exactly this plan, held actions included")
      ->type_name("HASH");
  add_full(sub, command->detail);
  add_text_or_json(sub, command->output);
  return reads(command);
}

ReadCommand describe_unpin(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<UnpinCommand>();
  line.add_account(sub);
  line.add_state(sub);
  sub.add_option(
         "what", command->what, "32 digits or more of the key's hash, or the authorization's name")
      ->type_name("KEY|NAME");
  sub.add_flag("--all", command->all, "All that is pinned");
  return reads(command);
}

ReadCommand describe_release(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<ReleaseCommand>();
  line.add_account(sub);
  line.add_local(sub);
  sub.add_option("name", command->name, "The authorization's name, or the id of a policy")
      ->type_name("NAME|POLICY");
  sub.add_flag("--all", command->all, "Every policy of this owner");
  sub.parse_complete_callback([command] {
    if (command->name.empty() == !command->all) {
      throw CLI::ValidationError("release",
                                 "give a name, the id of a policy, or --all: one of them");
    }
  });
  add_full(sub, command->detail);
  sub.add_flag("-y,--yes", command->yes, "Do not ask");
  return reads(command);
}

ReadCommand describe_complete(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<CompleteCommand>();
  add_choice(sub, "what", command->what, kCompleted, "Which words")->required();
  line.add_account(sub);
  line.add_state(sub);
  return reads(command);
}

ReadCommand describe_rollout(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<RolloutCommand>();
  line.add_config(sub);
  add_choice(sub, "action", command->verb, kRolloutVerbs, "What to do (default status)");
  sub.add_option("revision", command->revision, "Of promote: the newest, or its beginning")
      ->type_name("REVISION");
  sub.add_flag("--urgent", command->is_urgent, "Of promote: only what narrows or deletes");
  sub.parse_complete_callback([command] {
    const bool has_more = command->is_urgent || !command->revision.empty();
    if (has_more && command->verb != RolloutVerb::promote) {
      throw CLI::ValidationError("rollout", "a revision and --urgent are of 'rollout promote'");
    }
  });
  add_text_or_json(sub, command->output);
  return reads(command);
}

ReadCommand describe_suspend(CommandLine& line, CLI::App& sub) {
  line.add_named_account(sub);
  line.add_state(sub);
  return reads(std::make_shared<SuspendCommand>());
}

ReadCommand describe_resume(CommandLine& line, CLI::App& sub) {
  line.add_named_account(sub);
  line.add_state(sub);
  return reads(std::make_shared<ResumeCommand>());
}

}  // namespace authzd
