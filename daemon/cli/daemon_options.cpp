// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/command_line.hpp"

namespace authzd {
namespace {

void add_status(CommandLine& line) {
  const auto command = std::make_shared<StatusCommand>();
  CLI::App& sub = line.add(
      "status",
      "Show how the accounts of the running daemon are",
      command,
      "Ready: IAM is as the newest revision says, but for what the mode keeps back and what\n"
      "an undo pinned, both of which are shown. Held: a rail holds actions back; the command\n"
      "that lets them through is shown. Stalled: a person is needed. NotReady: it is being\n"
      "worked on, and why. Suspended: nothing is written.\n"
      "IN SYNC counts what the manifests want and what is ours without them; what others\n"
      "made in the account is no part of it.\n"
      "\n"
      "Exits 0 where all is well, 1 where an account is Stalled or NotReady or a write fails,\n"
      "or no daemon listens, 3 where a rail holds, 5 where conflicts remain.");
  line.add_named_account(sub);
  add_text_or_json(sub, command->output);
}

void add_sync(CommandLine& line) {
  const auto command = std::make_shared<SyncCommand>();
  CLI::App& sub = line.add(
      "sync",
      "Have the daemon start a cycle now",
      command,
      "At most one cycle every 5s; further wishes join it. Without --wait it returns at once.\n"
      "With it, each account's plan and what became of it are shown, and the exit code says how\n"
      "it went: 0 done, 1 failed or not in time, 3 held, 4 invalid manifests, 5 partly or\n"
      "conflicts. 'systemctl reload authzd' (SIGHUP) starts cycles, too, and reads the\n"
      "configuration again.");
  line.add_named_account(sub);
  sub.add_flag("--wait", command->wait, "Wait until the cycle has ended, and show how");
  add_duration(sub, "--timeout", command->timeout, "Wait no longer than this (default 5m)");
}

void add_approve(CommandLine& line) {
  const auto command = std::make_shared<ApproveCommand>();
  CLI::App& sub = line.add(
      "approve",
      "Let through what a rail holds back, or a revision that does not descend",
      command,
      "The hash of a hold covers exactly the actions that it shows, each until it is\n"
      "done, for at most rails.approvalTtl; at least 32 of its digits are needed. The hash\n"
      "of a plan, given whole, covers all that this plan shows as held. The covered actions\n"
      "are shown before the question; --yes answers it. Of several, all are approved or\n"
      "none. Who approved is recorded: 'authzd approvals' lists and revokes. 'protect' and\n"
      "rails.never cannot be approved away.");
  line.add_account(sub);
  line.add_state(sub);
  sub.add_option("what", command->what, "As 'authzd plan' and 'authzd status' show it")
      ->type_name("HASH|REVISION")
      ->required();
  sub.add_option("--undo", command->undo, "What 'authzd undo RUN' shows as held, of this run")
      ->type_name("RUN");
  sub.add_flag("--yes,-y", command->yes, "Do not ask");
}

void add_approvals(CommandLine& line) {
  const auto command = std::make_shared<ApprovalsCommand>();
  CLI::App& sub = line.add(
      "approvals",
      "List what is approved and not done yet, or take it back",
      command,
      "Each approval with who gave it, until when, and how much of it is done. Who is the\n"
      "user that asked, the login behind it, and what the client says of sudo. With\n"
      "rails.approvers.need, people count by their login. A row in the state that authzd did\n"
      "not write counts for nothing, and is shown. --revoke takes the word of all back: what\n"
      "is not done by then is held again.");
  line.add_account(sub);
  line.add_state(sub);
  sub.add_option("--revoke",
                 command->revoked,
                 "Take back: a hash (32 digits or more), a revision, or firstDeletes (repeatable)")
      ->type_name("HASH|REVISION")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_text_or_json(sub, command->output);
}

void add_runs(CommandLine& line) {
  const auto command = std::make_shared<RunsCommand>();
  CLI::App& sub = line.add("runs",
                           "List what has been done: cycles, applies, undos, the newest first",
                           command,
                           "DONE counts +created ~updated -deleted. 'authzd show RUN' has the "
                           "rest.");
  line.add_account(sub);
  line.add_state(sub);
  sub.add_option("-n,--count", command->count, "At most so many of each account")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000));
  add_text_or_json(sub, command->output);
}

void add_show(CommandLine& line) {
  const auto command = std::make_shared<ShowCommand>();
  CLI::App& sub = line.add("show",
                           "Show one run: each action, before -> after, and what came of it",
                           command,
                           "The transaction is what IBM's support asks for.");
  line.add_account(sub);
  line.add_state(sub);
  sub.add_option("run", command->run, "Its id, or the beginning of it")
      ->type_name("RUN")
      ->required();
  add_text_or_json(sub, command->output);
}

void add_undo(CommandLine& line) {
  const auto command = std::make_shared<UndoCommand>();
  CLI::App& sub =
      line.add("undo",
               "Take back what a run did: show how, ask, and do it",
               command,
               "What it removed comes back, with its old id where IAM still has it; what it\n"
               "changed is reset; what it made is removed. What anyone has changed since is left\n"
               "alone, and said so. The keys are pinned: see 'authzd unpin'. Rails hold here as\n"
               "everywhere: the hash that is shown with the plan lets through what it holds.");
  line.add_account(sub);
  line.add_state(sub);
  sub.add_option("run", command->run, "Its id, or its first eight digits and more")
      ->type_name("RUN")
      ->required();
  sub.add_flag("--yes,-y", command->yes, "Do not ask; rails still hold");
  sub.add_option("--plan-hash", command->plan_hash, "Do exactly this plan, held actions included")
      ->type_name("HASH");
  add_text_or_json(sub, command->output);
}

void add_unpin(CommandLine& line) {
  const auto command = std::make_shared<UnpinCommand>();
  CLI::App& sub =
      line.add("unpin",
               "Manage again what an undo has pinned",
               command,
               "A key that an undo touched is left alone until its manifest changes, or "
               "until this.\nWithout an argument it lists what is pinned.");
  line.add_account(sub);
  line.add_state(sub);
  sub.add_option(
         "what", command->what, "32 digits or more of the key's hash, or the authorization's name")
      ->type_name("KEY|NAME");
  sub.add_flag("--all", command->all, "All that is pinned");
}

void add_release(CommandLine& line) {
  const auto command = std::make_shared<ReleaseCommand>();
  CLI::App& sub = line.add(
      "release",
      "Stop managing policies without deleting them",
      command,
      "Takes the marker off: one update each, of the description alone. What has no marker\n"
      "any more is forgotten. What a manifest still wants is left alone until that\n"
      "manifest changes, or until 'authzd unpin'.\n"
      "'authzd release --all' comes before an uninstall; suspend first.");
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
  sub.add_flag("--yes,-y", command->yes, "Do not ask");
}

void add_suspend(CommandLine& line) {
  CLI::App& suspend =
      line.add("suspend",
               "Write nothing, to one account or to all, until 'resume'",
               std::make_shared<SuspendCommand>(),
               "Counts at once: no write is begun any more, and what was sent before is said.\n"
               "Accounts are planned and shown as ever. It outlives a restart, and the loss of\n"
               "the state. Only 'release' goes all the same.");
  line.add_named_account(suspend);
  line.add_state(suspend);
  CLI::App& resume = line.add("resume",
                              "End a suspension",
                              std::make_shared<ResumeCommand>(),
                              "Of the accounts named; without one, that of all. One does not end "
                              "the other.");
  line.add_named_account(resume);
  line.add_state(resume);
}

}  // namespace

void add_daemon_commands(CommandLine& line) {
  add_status(line);
  add_sync(line);
  add_runs(line);
  add_show(line);
  add_approve(line);
  add_approvals(line);
  add_undo(line);
  add_unpin(line);
  add_release(line);
  add_suspend(line);
}

}  // namespace authzd
