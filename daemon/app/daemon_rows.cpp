// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rows of the commands that work with what a daemon keeps.
#include "daemon/app/command_rows.hpp"

namespace authzd {
namespace {

constexpr CommandRow kOfTheDaemon[] = {
    {.name = "accounts",
     .summary = "List the accounts, with their labels",
     .details =
         "FOUND says how an account came into the fleet: configured, by a file of the source, or\n"
         "discovered. STATE is that of 'authzd status', and is known to a daemon alone. -l takes\n"
         "labels as the configuration gives them: key=value, key!=value, key, !key, with commas\n"
         "between several, which must all fit. Other commands take it, too. -o wide adds the\n"
         "parameters, -o name is a name a line.",
     .examples = "authzd accounts\n"
                 "authzd accounts -l env=prod,ring!=canary -o wide\n"
                 "authzd accounts -l env=prod -o name",
     .reach = Reach::anywhere,
     .needs = {.setup = {.mode = false, .key = false, .alone = false},
               .access = AccountAccess::show,
               .asks_iam = false},
     .describe = describe_accounts,
     .perform = nullptr,
     .perform_on = perform_on<AccountsCommand>},
    {.name = "status",
     .summary = "Show the state of the running daemon's accounts",
     .details =
         "The accounts that need a person most come first. Stalled: nothing more happens\n"
         "without a person. Widened: others gave access by a policy that authzd manages, and\n"
         "nothing has taken it back.\n"
         "RevisionRefused: the newest manifests have errors, which are shown; older ones are in\n"
         "force. NotReady: something failed, or is not known yet, and why. Held: a rail holds\n"
         "actions; the command that approves them is shown. Conflicts: grants or policies\n"
         "need a decision. Waiting: removals that happen once their time has passed.\n"
         "OutOfSync: the mode does not allow some changes. WaitsForWave: the first revision comes\n"
         "with the account's wave. Suspended: nothing is written.\n"
         "Ready: IAM is as the newest revision says, but for what an undo pinned, which is shown.\n"
         "IN SYNC counts what the manifests want and what is ours without them; what others\n"
         "made in the account is no part of it.\n"
         "\n"
         "Exits 0 where all is well or the mode does not allow the changes; 1 where an account is\n"
         "Stalled, NotReady or RevisionRefused, a write fails or no daemon listens; 3 where a\n"
         "rail holds; 5 where conflicts remain.",
     .examples = "authzd status\n"
                 "authzd status --watch\n"
                 "authzd status prod -o json",
     .reach = Reach::daemon,
     .needs = kNothing,
     .describe = describe_status,
     .perform = nullptr,
     .perform_on = perform_on<StatusCommand>},
    {.name = "sync",
     .summary = "Start a cycle of the daemon now",
     .details =
         "At most one cycle every 5s; further wishes join it. Without --wait it returns at once.\n"
         "With it, each account's plan and its result are shown, and the exit code says "
         "how\n"
         "it went: 0 done, 1 failed or not in time, 3 held, 4 invalid manifests, 5 partly or\n"
         "conflicts. 'systemctl reload authzd' (SIGHUP) starts cycles, too, and reads the\n"
         "configuration again.",
     .examples = "authzd sync --wait\n"
                 "authzd sync prod staging --wait --timeout 10m",
     .reach = Reach::daemon,
     .needs = kNothing,
     .describe = describe_sync,
     .perform = nullptr,
     .perform_on = perform_on<SyncCommand>},
    {.name = "runs",
     .summary = "List the runs: cycles, applies and undos, the newest first",
     .details = "DONE counts +created ~updated -deleted. 'authzd show RUN' has the rest.",
     .examples = "authzd runs --account prod -n 5",
     .reach = Reach::state,
     .needs = kState,
     .describe = describe_runs,
     .perform = nullptr,
     .perform_on = perform_on<RunsCommand>},
    {.name = "show",
     .summary = "Show one run: each action, before -> after, and its outcome",
     .details = "The transaction is what IBM's support asks for.",
     .examples = "authzd show 3b70c1d2",
     .reach = Reach::state,
     .needs = kState,
     .describe = describe_show,
     .perform = nullptr,
     .perform_on = perform_on<ShowCommand>},
    {.name = "approve",
     .summary = "Approve what a rail holds, or a revision that does not descend",
     .details =
         "A hash covers exactly the actions that it shows, each until it is done, for at most\n"
         "rails.approvalTtl; at least 32 of its digits are needed. Where several rails hold\n"
         "something, the first hash that plan and status show covers all of it. The hash of a\n"
         "plan, given whole, does so too. The covered actions\n"
         "are shown before the question; --yes answers it. Of several, all are approved or\n"
         "none. Who approved is recorded: 'authzd approvals' lists and revokes. 'protect' and\n"
         "rails.never cannot be approved away.",
     .examples = "authzd approve HASH                # as plan and status show it\n"
                 "authzd approve HASH --undo RUN     # what 'authzd undo RUN' shows as held",
     .reach = Reach::state,
     .needs = {.setup = {.manifests = true}, .makes_state = true},
     .describe = describe_approve,
     .perform = nullptr,
     .perform_on = perform_on<ApproveCommand>},
    {.name = "approvals",
     .summary = "List the approvals that are in force, or withdraw them",
     .details =
         "Each approval with who gave it, until when, and how much of it is done. Who is the\n"
         "user that asked, the login behind it, and what the client says of sudo. With\n"
         "rails.approvers.need, people count by their login. A row in the state that authzd did\n"
         "not write counts for nothing, and is shown. firstDeletes stays in force when a delete "
         "is\n"
         "done: later ones need no other. --revoke takes the word of all back: what is not done "
         "by\n"
         "then is held again.",
     .examples = "authzd approvals\n"
                 "authzd approvals --revoke HASH",
     .reach = Reach::state,
     .needs = kState,
     .describe = describe_approvals,
     .perform = nullptr,
     .perform_on = perform_on<ApprovalsCommand>},
    {.name = "undo",
     .summary = "Undo a run: show the plan, ask, and do it",
     .details =
         "What the run deleted comes back, with its old id where IAM still has it; what it\n"
         "changed is reset; what it created is deleted. What anyone has changed since is left\n"
         "alone, and reported. The keys are pinned: see 'authzd unpin'. Rails hold here as\n"
         "everywhere: the hash that is shown with the plan approves what it holds.",
     .examples = "authzd undo 3b70c1d2\n"
                 "authzd undo 3b70c1d2 --plan-hash HASH --yes",
     .reach = Reach::state,
     .needs = {.setup = {.manifests = true}, .access = AccountAccess::write},
     .describe = describe_undo,
     .perform = nullptr,
     .perform_on = perform_on<UndoCommand>},
    {.name = "unpin",
     .summary = "Manage again what an undo pinned",
     .details =
         "A key that an undo touched is left alone until its manifest changes, or until this.\n"
         "Without an argument it lists what is pinned.",
     .examples = "authzd unpin              # lists\n"
                 "authzd unpin backup-to-kms",
     .reach = Reach::state,
     .needs = kState,
     .describe = describe_unpin,
     .perform = nullptr,
     .perform_on = perform_on<UnpinCommand>},
    {.name = "release",
     .summary = "Stop managing policies without deleting them",
     .details =
         "Takes the marker off: one update each, of the description alone. What has no marker\n"
         "any more is forgotten. What a manifest still wants is left alone until that\n"
         "manifest changes, or until 'authzd unpin'.",
     .examples = "authzd release backup-to-kms\n"
                 "authzd suspend && authzd release --all  # before an uninstall",
     .reach = Reach::anywhere,
     .needs = {.access = AccountAccess::write},
     .describe = describe_release,
     .perform = nullptr,
     .perform_on = perform_on<ReleaseCommand>},
    {.name = "suspend",
     .summary = "Stop all writes, to one account or to all, until 'resume'",
     .details = "Counts at once: no write is begun any more, and what was sent before is said.\n"
                "Accounts are planned and shown as ever. It outlives a restart, and the loss of\n"
                "the state. Only 'release' goes all the same.",
     .examples = "authzd suspend        # every account\n"
                 "authzd suspend prod",
     .reach = Reach::state,
     .needs = {.setup = {.key = false}, .makes_state = true, .asks_iam = false},
     .describe = describe_suspend,
     .perform = nullptr,
     .perform_on = perform_on<SuspendCommand>},
    {.name = "resume",
     .summary = "End a suspension",
     .details = "Of the accounts named; without one, that of all. One does not end the other.",
     .examples = "authzd resume prod",
     .reach = Reach::state,
     .needs = kState,
     .describe = describe_resume,
     .perform = nullptr,
     .perform_on = perform_on<ResumeCommand>},
    {.name = "rollout",
     .summary = "Show how the newest revision reaches the accounts; pause, resume, promote it",
     .details =
         "Where the configuration has rollout.waves. 'status' shows each wave, what stops the\n"
         "rollout, and why each account that waits does. 'pause': no further account takes the\n"
         "revision, nor a newer one, until 'resume'. 'promote': all accounts take it now,\n"
         "whatever their waves wait for. With --urgent they carry out at once what narrows or\n"
         "deletes, and what gives access waits for the wave. Both end a pause. Rails and\n"
         "approvals are as ever. Who asked is recorded.",
     .examples = "authzd rollout\n"
                 "authzd rollout pause\n"
                 "authzd rollout promote --urgent 5c1e0a7b",
     .reach = Reach::daemon,
     .needs = kNothing,
     .describe = describe_rollout,
     .perform = nullptr,
     .perform_on = perform_on<RolloutCommand>},
    {.name = "complete",
     .summary = "Print the words that a shell completes, one a line",
     .details =
         "The completions of bash, zsh and fish ask it. A running daemon is asked for what it\n"
         "knows; IAM never is. Without a daemon there are accounts and runs.",
     .examples = "authzd complete runs --account prod",
     .reach = Reach::state,
     .needs = kState,
     .describe = describe_complete,
     .perform = nullptr,
     .perform_on = perform_on<CompleteCommand>},
    {.name = "help",
     .summary = "List the commands, or explain one",
     .details = "",
     .examples = "authzd help plan",
     .reach = Reach::here,
     .needs = kNothing,
     .describe = describe_help,
     .perform = nullptr,
     .perform_on = nullptr},
    {.name = "version",
     .summary = "Show the version",
     .details = "",
     .examples = "authzd version",
     .reach = Reach::here,
     .needs = kNothing,
     .describe = describe_version,
     .perform = nullptr,
     .perform_on = nullptr},
};

}  // namespace

std::span<const CommandRow> daemon_rows() {
  return kOfTheDaemon;
}

}  // namespace authzd
