// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/command_table.hpp"

#include "daemon/cli/command_line.hpp"

#include <utility>

namespace authzd {
namespace {

template <class Command>
Ending perform(CommandContext context, AnyCommand command) {
  return run_command(context, std::get<Command>(std::move(command)));
}

template <class Command>
Ending perform_on(CommandContext context, Workplace place, AnyCommand command) {
  return run_command(context, std::move(place), std::get<Command>(std::move(command)));
}

constexpr CommandNeeds kNothing{.asks_iam = false};
/// Of commands that read or write the state and ask nothing of IAM.
constexpr CommandNeeds kState{.setup = {.key = false}, .asks_iam = false};
constexpr CommandNeeds kAccount{};
constexpr CommandNeeds kPlan{.setup = {.manifests = true}, .access = AccountAccess::show};

constexpr CommandRow kTable[] = {
    {.name = "validate",
     .summary = "Check manifests, or a configuration; nothing is asked of IAM",
     .details = "Shows every problem at once, as file:line:column with what was probably meant.\n"
                "Exits 4 where there is one, and where there is no authorization at all. What\n"
                ".authzdignore in a directory lists, in the patterns of gitignore, is not read.\n"
                "\n"
                "The output for programs goes to standard output: json has one shape, sarif is\n"
                "SARIF 2.1.0, github are workflow commands, which annotate a pull request.",
     .examples = "authzd validate                        # what the configuration names\n"
                 "authzd validate manifests/ -o github   # in a pull request\n"
                 "kustomize build . | authzd validate -  # standard input",
     .reach = Reach::here,
     .needs = kNothing,
     .describe = describe_validate,
     .perform = perform<ValidateCommand>,
     .perform_on = nullptr},
    {.name = "plan",
     .summary = "Show the difference; write nothing",
     .details =
         "A line for each policy: + create, ~ update, - delete, = kept on purpose,\n"
         "! conflict; below it the manifest's position, before -> after, and the reason.\n"
         "What a rail holds back is shown with the hash that 'authzd approve' takes.\n"
         "\n"
         "Two people, in CI: one keeps 'authzd plan --out json=plan.json', another reads it\n"
         "and runs 'authzd apply --plan-hash HASH' with the hash in it.",
     .examples = "authzd plan --account prod\n"
                 "authzd plan --detailed-exitcode --out markdown=plan.md  # in CI\n"
                 "authzd plan --manifests m/ --account ID --owner acme    # no configuration",
     .reach = Reach::anywhere,
     .needs = kPlan,
     .describe = describe_plan,
     .perform = nullptr,
     .perform_on = perform_on<PlanCommand>},
    {.name = "apply",
     .summary = "Plan, show, ask, and make IAM equal to the manifests",
     .details =
         "Rails hold here as in the daemon, and nothing forces them: --yes answers the\n"
         "question and approves nothing; --plan-hash lets through what that very plan shows as\n"
         "held, and nothing that is held for another reason by now. It ends with\n"
         "rails.approvalTtl. Without a state (--manifests or --local, and no --state) nothing\n"
         "counts what earlier calls deleted: then deletes need --plan-hash.\n"
         "\n"
         "A daemon applies by itself, on its interval, and at once after 'authzd sync' or\n"
         "SIGHUP, which makes it read its configuration again.",
     .examples = "authzd apply --account prod\n"
                 "authzd apply --yes --plan-hash HASH  # exactly the plan that was reviewed\n"
                 "authzd apply --name backup-to-kms    # one authorization, nothing else",
     .reach = Reach::anywhere,
     .needs = {.setup = {.manifests = true, .mode = true}, .access = AccountAccess::write},
     .describe = describe_apply,
     .perform = nullptr,
     .perform_on = perform_on<ApplyCommand>},
    {.name = "run",
     .summary = "Keep IAM equal to the manifests, until stopped",
     .details =
         "A cycle of each account, on its interval and sooner when it is poked: by SIGHUP,\n"
         "'authzd sync', a change in a directory of manifests, or a signed webhook. SIGHUP\n"
         "(systemctl reload) also reads the configuration again; one that is not valid is\n"
         "refused, and the old one stays. SIGTERM ends it between two writes. It listens for\n"
         "other commands on the socket of its configuration, and remembers in its state.",
     .examples = "authzd run --config /etc/authzd/authzd.yaml\n"
                 "authzd run --dry-run          # plans each cycle, beside a daemon\n"
                 "authzd run --once             # from a timer, in place of a daemon",
     .reach = Reach::here,
     .needs = {},
     .describe = describe_run,
     .perform = perform<RunCommand>,
     .perform_on = nullptr},
    {.name = "wait",
     .summary = "Wait until IAM has what an authorization grants",
     .details =
         "granted: IAM has each of its grants as it is wanted. settled: and none of them was\n"
         "changed within the configuration's `settle` (2m), so that every part of IAM knows it.\n"
         "IAM is read until then, at growing distances up to 10s. It writes nothing: after a\n"
         "change 'authzd sync --wait' first, or 'authzd apply'.\n"
         "\n"
         "Exits 0 then; 1 after --timeout, and says what is missing; 3 where a rail holds it; 4\n"
         "where there is no authorization of that name.",
     .examples = "authzd wait backup-to-kms --for settled --timeout 10m",
     .reach = Reach::anywhere,
     .needs = kPlan,
     .describe = describe_wait,
     .perform = nullptr,
     .perform_on = perform_on<WaitCommand>},
    {.name = "list",
     .summary = "Show the authorizations that IAM has",
     .details =
         "A line for each; -o wide adds ids, last changes and last uses, -o ibmcloud has the\n"
         "layout of 'ibmcloud iam authorization-policies', -o json is IAM's own JSON. With\n"
         "--names what an installation of authzd manages, by the names of its authorizations.",
     .examples = "authzd list --account prod\n"
                 "authzd list --target kms --unmanaged  # who may use keys past authzd\n"
                 "authzd list --names --owner acme  # what this installation manages\n"
                 "authzd list -o json > saved.json  # for plan --against",
     .reach = Reach::anywhere,
     .needs = kAccount,
     .describe = describe_list,
     .perform = nullptr,
     .perform_on = perform_on<ListCommand>},
    {.name = "export",
     .summary = "Write what IAM has as manifests",
     .details = "What a manifest cannot say, or may not touch, is a comment that says why.",
     .examples = "authzd export --account prod > prod.yaml\n"
                 "authzd export --to manifests  # manifests/prod/authorizations.yaml, …",
     .reach = Reach::anywhere,
     .needs = kAccount,
     .describe = describe_export,
     .perform = nullptr,
     .perform_on = perform_on<ExportCommand>},
    {.name = "import",
     .summary = "Write manifests of what another tool has, to take it over",
     .details =
         "tfstate: Terraform's and OpenTofu's state, as a file, from 'terraform state pull' or "
         "from\n"
         "'terraform show -json'. With --to it also writes removed.tf, by which Terraform forgets\n"
         "the policies and leaves them in IAM. Nothing is written (exit 4) where it is unclear "
         "which\n"
         "resource a policy belongs to. What a manifest cannot say stays with Terraform, and is\n"
         "named. 'authzd plan --adopt identical' then takes the policies over by id.\n"
         "cli: the JSON of 'ibmcloud iam authorization-policies --output JSON', or of IAM's API.\n"
         "pair: for each grant to hs-crypto in the manifests, the one to Key Protect that its "
         "source\n"
         "needs before its keys can move, and the end to announce for the old one.",
     .examples = "terraform state pull | authzd import tfstate - --to manifests/\n"
                 "authzd import cli policies.json > manifests/prod.yaml\n"
                 "authzd import pair --from hs-crypto --to kms:GUID --manifests production/",
     .reach = Reach::here,
     .needs = kNothing,
     .describe = describe_import,
     .perform = perform<ImportCommand>,
     .perform_on = nullptr},
    {.name = "schema",
     .summary = "Print the JSON Schema of a kind, for editors",
     .details = "",
     .examples = "authzd schema > authorization.schema.json\n"
                 "authzd schema Configuration",
     .reach = Reach::here,
     .needs = kNothing,
     .describe = describe_schema,
     .perform = perform<SchemaCommand>,
     .perform_on = nullptr},
    {.name = "audit",
     .summary = "Check that the audit log is as it was written",
     .details =
         "Each line has a number and the hash of the line before it, and the last line is\n"
         "kept beside the state: a line that was changed, put in or taken out, a gap and a\n"
         "missing end are found, across files that were rotated by renaming them. Without a\n"
         "FILE it reads audit.file of the configuration with its rotated files. Who can write\n"
         "the log and the state can forge both.",
     .examples =
         "authzd audit verify\n"
         "journalctl -o cat MESSAGE_ID=4a1f1e6a5c0b4b0f9d3c8e7a2b6d5f10 | authzd audit verify -",
     .reach = Reach::here,
     .needs = kNothing,
     .describe = describe_audit,
     .perform = perform<AuditVerifyCommand>,
     .perform_on = nullptr},
    {.name = "record",
     .summary = "Keep a command's exchanges with IAM as a file, or look at such a file",
     .details =
         "authzd record -- plan …: performs the command, and keeps what it asked of IAM and what "
         "IAM\n"
         "answered: ids, names, addresses and texts replaced by stand-ins, secrets and tokens "
         "never\n"
         "in it. The file must not be there yet; only its owner may read it. The command stands\n"
         "alone: what a daemon exchanges is kept where its configuration says 'record: DIR'.\n"
         "authzd record check FILE: which facts about IAM a trace confirms, contradicts or "
         "settles,\n"
         "and what authzd does not know of the replies. Exits 0, or 5 where it contradicts one.\n"
         "iam-sandbox --replay FILE answers as the trace has it.",
     .examples = "authzd record --to report.trace.jsonl -- plan --account prod\n"
                 "authzd record check report.trace.jsonl",
     .reach = Reach::here,
     .needs = kNothing,
     .describe = describe_record,
     .perform = perform<RecordCheckCommand>,
     .perform_on = nullptr},
    {.name = "status",
     .summary = "Show how the accounts of the running daemon are",
     .details =
         "The accounts that need a person most come first. Stalled: nothing goes on without a\n"
         "person. RevisionRefused: the newest manifests have errors, which are shown, and older "
         "ones\n"
         "are in force. Widened: others gave access by a policy of ours, and nothing takes it "
         "back\n"
         "yet. Held: a rail holds actions back; the command that lets them through is shown.\n"
         "NotReady: it is being worked on, and why. OutOfSync: the mode keeps changes back.\n"
         "Suspended: nothing is written. Ready: IAM is as the newest revision says, but for what "
         "an\n"
         "undo pinned, which is shown.\n"
         "IN SYNC counts what the manifests want and what is ours without them; what others\n"
         "made in the account is no part of it.\n"
         "\n"
         "Exits 0 where all is well or the mode keeps changes back, 1 where an account is "
         "Stalled,\n"
         "NotReady or has a refused revision, a write fails or no daemon listens, 3 where a rail\n"
         "holds, 5 where conflicts remain.",
     .examples = "authzd status\n"
                 "authzd status --watch\n"
                 "authzd status prod -o json",
     .reach = Reach::daemon,
     .needs = kNothing,
     .describe = describe_status,
     .perform = nullptr,
     .perform_on = perform_on<StatusCommand>},
    {.name = "sync",
     .summary = "Have the daemon start a cycle now",
     .details =
         "At most one cycle every 5s; further wishes join it. Without --wait it returns at once.\n"
         "With it, each account's plan and what became of it are shown, and the exit code says "
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
     .summary = "List what has been done: cycles, applies, undos, the newest first",
     .details = "DONE counts +created ~updated -deleted. 'authzd show RUN' has the rest.",
     .examples = "authzd runs --account prod -n 5",
     .reach = Reach::state,
     .needs = kState,
     .describe = describe_runs,
     .perform = nullptr,
     .perform_on = perform_on<RunsCommand>},
    {.name = "show",
     .summary = "Show one run: each action, before -> after, and what came of it",
     .details = "The transaction is what IBM's support asks for.",
     .examples = "authzd show 3b70c1d2",
     .reach = Reach::state,
     .needs = kState,
     .describe = describe_show,
     .perform = nullptr,
     .perform_on = perform_on<ShowCommand>},
    {.name = "approve",
     .summary = "Let through what a rail holds back, or a revision that does not descend",
     .details =
         "The hash of a hold covers exactly the actions that it shows, each until it is\n"
         "done, for at most rails.approvalTtl; at least 32 of its digits are needed. The hash\n"
         "of a plan, given whole, covers all that this plan shows as held. The covered actions\n"
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
     .summary = "List what is approved and not done yet, or take it back",
     .details =
         "Each approval with who gave it, until when, and how much of it is done. Who is the\n"
         "user that asked, the login behind it, and what the client says of sudo. With\n"
         "rails.approvers.need, people count by their login. A row in the state that authzd did\n"
         "not write counts for nothing, and is shown. --revoke takes the word of all back: what\n"
         "is not done by then is held again.",
     .examples = "authzd approvals\n"
                 "authzd approvals --revoke HASH",
     .reach = Reach::state,
     .needs = kState,
     .describe = describe_approvals,
     .perform = nullptr,
     .perform_on = perform_on<ApprovalsCommand>},
    {.name = "undo",
     .summary = "Take back what a run did: show how, ask, and do it",
     .details = "What it removed comes back, with its old id where IAM still has it; what it\n"
                "changed is reset; what it made is removed. What anyone has changed since is left\n"
                "alone, and said so. The keys are pinned: see 'authzd unpin'. Rails hold here as\n"
                "everywhere: the hash that is shown with the plan lets through what it holds.",
     .examples = "authzd undo 3b70c1d2\n"
                 "authzd undo 3b70c1d2 --plan-hash HASH --yes",
     .reach = Reach::state,
     .needs = {.setup = {.manifests = true}, .access = AccountAccess::write},
     .describe = describe_undo,
     .perform = nullptr,
     .perform_on = perform_on<UndoCommand>},
    {.name = "unpin",
     .summary = "Manage again what an undo has pinned",
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
     .summary = "Write nothing, to one account or to all, until 'resume'",
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
    {.name = "complete",
     .summary = "Print the words that a shell offers, one a line",
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
     .summary = "Show what there is, or what a command takes",
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

std::span<const CommandRow> command_table() {
  return kTable;
}

}  // namespace authzd
