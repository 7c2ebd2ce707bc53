// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/command_table.hpp"

#include "daemon/app/command_rows.hpp"
#include "daemon/app/standing_alone.hpp"

#include <utility>
#include <vector>

namespace authzd {
namespace {

Ending perform_validate(CommandContext context, AnyCommand any) {
  auto command = std::get<ValidateCommand>(std::move(any));
  return command.is_online ? check_online(std::move(context), std::move(command.paths))
                           : run_command(std::move(context), std::move(command));
}

constexpr CommandRow kGeneral[] = {
    {.name = "validate",
     .summary = "Check manifests or a configuration; asks IAM only with --online",
     .details =
         "Shows every problem at once, as file:line:column with what was probably meant.\n"
         "Exits 4 where there is one, and where there is no authorization at all. What\n"
         ".authzdignore in a directory lists, in the patterns of gitignore, is not read.\n"
         "\n"
         "The output for programs goes to standard output: json has one shape, sarif is\n"
         "SARIF 2.1.0, github are workflow commands, which annotate a pull request.\n"
         "\n"
         "With --online it goes through what a daemon of this configuration needs, and says of\n"
         "each whether it is there: key, rights, clock, source, manifests, files.",
     .examples =
         "authzd validate                        # what the configuration names\n"
         "authzd validate manifests/ -o github   # in a pull request\n"
         "kustomize build . | authzd validate -  # standard input\n"
         "authzd validate --config authzd.yaml manifests/   # a checkout, for all accounts\n"
         "authzd validate --online               # before the daemon is started",
     .reach = Reach::here,
     .needs = kNothing,
     .describe = describe_validate,
     .perform = perform_validate,
     .perform_on = nullptr},
    {.name = "init",
     .summary = "Write a configuration and a first manifest",
     .details = "Asks for what no option gives: the account, the file of the API key, where the\n"
                "manifests are. The mode is observe, which writes nothing. No file is replaced.",
     .examples = "authzd init\n"
                 "authzd init --account 51042d7ff0df4915bd396a49957c9175 --name prod --to authz",
     .reach = Reach::here,
     .needs = kNothing,
     .describe = describe_init,
     .perform = perform<InitCommand>,
     .perform_on = nullptr},
    {.name = "plan",
     .summary = "Show the difference; write nothing",
     .details =
         "A line for each policy: + create, ~ update, - delete, = kept on purpose,\n"
         "! conflict; below it the manifest's position, before -> after, and the reason.\n"
         "What the rails hold is shown with one hash for 'authzd approve'. The last line counts\n"
         "as unmanaged what people and other tools made and no manifest wants.\n"
         "\n"
         "--ref plans a branch, a tag or a commit of the source's repository, which need not\n"
         "follow what is in force, and says which commit that is. It never writes.\n"
         "\n"
         "Two people, in CI: one keeps 'authzd plan --out json=plan.json', another reads it\n"
         "and runs 'authzd apply --plan-hash HASH' with the hash in it.",
     .examples = "authzd plan --account prod\n"
                 "authzd plan --detailed-exitcode --out markdown=plan.md  # in CI\n"
                 "authzd plan --ref add-backup             # a branch, before it is merged\n"
                 "authzd plan --manifests m/ --account ID --owner acme    # no configuration",
     .reach = Reach::anywhere,
     .needs = kPlan,
     .describe = describe_plan,
     .perform = nullptr,
     .perform_on = perform_on<PlanCommand>},
    {.name = "diff",
     .summary = "Show what differs between two revisions of the manifests",
     .details =
         "The grants that were added, changed and removed, whatever IAM has: no account and no\n"
         "key is needed. The revisions are of the repository in the folder where it is called\n"
         "(--repo DIR), or of the source of a configuration that --config names: its branches,\n"
         "tags and commits, by account. Nothing that a repository configures is run.\n"
         "\n"
         "Exits 0; with --detailed-exitcode 2 where they differ; 4 where one is not valid.",
     .examples = "authzd diff main HEAD --path manifests/\n"
                 "authzd diff origin/main HEAD -o markdown  # in a pull request\n"
                 "authzd diff v1 main --config /etc/authzd/authzd.yaml --account prod",
     .reach = Reach::here,
     .needs = kNothing,
     .describe = describe_diff,
     .perform = perform<DiffCommand>,
     .perform_on = nullptr},
    {.name = "apply",
     .summary = "Show the plan, ask, and make IAM equal to the manifests",
     .details =
         "Rails hold here as in the daemon, and nothing forces them: --yes answers the\n"
         "question and approves nothing; --plan-hash approves what that plan shows as\n"
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
     .examples =
         "authzd list --account prod\n"
         "authzd list --target kms --unmanaged  # who may use keys past authzd\n"
         "authzd list --names --owner acme  # what this installation manages\n"
         "authzd list --name backup-to-kms -o wide  # who made its policies, and their use\n"
         "authzd list -o json > saved.json  # for plan --against",
     .reach = Reach::anywhere,
     .needs = kAccount,
     .describe = describe_list,
     .perform = nullptr,
     .perform_on = perform_on<ListCommand>},
    {.name = "reach",
     .summary = "Show who may reach what",
     .details =
         "A line for each pair of a source and a target, with the roles of all policies between\n"
         "them, and whose those are: ours, unmanaged (of people and of other tools) or foreign "
         "(of\n"
         "a service, a template, or another authzd). TARGET and --from take a service, or a\n"
         "service and an instance: its id, or its name where a manifest gives it; or a CRN, of an\n"
         "instance, a key or a bucket. A policy for all of a service reaches each of its\n"
         "instances, and is shown.\n"
         "\n"
         "json is for programs, dot is for Graphviz, mermaid for Markdown, and svg is a picture\n"
         "as the console's. Without an owner every policy with a marker of authzd is ours.",
     .examples = "authzd reach kms                     # who may use keys\n"
                 "authzd reach kms:51042d7f-f0df-4915-bd39-6a49957c9175 --unmanaged\n"
                 "authzd reach --from server-protect -o mermaid\n"
                 "authzd reach -o dot | dot -Tpdf > reach.pdf\n"
                 "authzd reach --saved saved.json --account prod -o svg > reach.svg",
     .reach = Reach::anywhere,
     .needs = {.access = AccountAccess::show},
     .describe = describe_reach,
     .perform = nullptr,
     .perform_on = perform_on<ReachCommand>},
    {.name = "why",
     .summary = "Show which policies let a source reach a target, or what is missing",
     .details =
         "yes: a policy permits every access that is asked about. no: none permits any of it. "
         "cannot\n"
         "tell: it depends on what the call does not say, such as the instance, or on what authzd\n"
         "does not know, such as whether Writer includes Reader; it is shown. Each policy is "
         "shown\n"
         "with whose it is: ours, with the place in the manifests, unmanaged, or foreign (of a\n"
         "service, also by delegation, of a template, or of another authzd).\n"
         "\n"
         "Where the answer is not yes, a manifest that grants exactly this is shown; with\n"
         "-o manifest that alone. --with says more of a side: source.resourceGroupId=ID,\n"
         "target.resourceType=key. SERVICE is as in IAM, and is.share is 'is' with that type.\n"
         "\n"
         "Exits 0; with --detailed-exitcode 2 where an account does not answer yes.",
     .examples = "authzd why --source server-protect --target kms --role Reader\n"
                 "authzd why --source is.share --target kms:51042d7f-f0df-4915-bd39-6a49957c9175\n"
                 "authzd why --source logs --target kms -o manifest > logs.yaml\n"
                 "authzd why --source logs --target kms --saved saved.json --account prod",
     .reach = Reach::anywhere,
     .needs = {.access = AccountAccess::show},
     .describe = describe_why,
     .perform = nullptr,
     .perform_on = perform_on<WhyCommand>},
    {.name = "report",
     .summary = "Report unused and broad policies, drift, changes, ends and reviews",
     .details =
         "unused: policies without use for --days, and those whose source or target is gone.\n"
         "broad: policies that are wider than they need to be, and those within others.\n"
         "drift: what others changed in policies of ours, and authzd set back or tried to.\n"
         "changes: what authzd changed, who asked for it and who approved it.\n"
         "expiring: grants whose end (expiresAt) comes within --days.\n"
         "reviews: authorizations whose review (reviewBy) is due within --days, or overdue, and\n"
         "whose they are.\n"
         "\n"
         "drift and changes come from the state, since --since (default 30d). A report writes\n"
         "nothing: what it proposes is a manifest, or a patch of one, for a person to commit.\n"
         "csv is for spreadsheets, html one file that needs nothing else.",
     .examples = "authzd report unused --days 90\n"
                 "authzd report broad --account prod\n"
                 "authzd report changes --since 2026-10-01 -o csv > changes.csv\n"
                 "authzd report drift --since 7d -o html > drift.html\n"
                 "authzd report expiring --days 30\n"
                 "authzd report reviews --days 30 -o csv > reviews.csv",
     .reach = Reach::anywhere,
     .needs = {.access = AccountAccess::show},
     .describe = describe_report,
     .perform = nullptr,
     .perform_on = perform_on<ReportCommand>},
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
     .summary = "Write manifests of what another tool manages, to take it over",
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
                 "authzd schema Configuration\n"
                 "authzd schema Fleet > fleet.schema.json",
     .reach = Reach::here,
     .needs = kNothing,
     .describe = describe_schema,
     .perform = perform<SchemaCommand>,
     .perform_on = nullptr},
    {.name = "audit",
     .summary = "Check that nobody changed the audit log",
     .details =
         "Each line has a number and the hash of the line before it, and the last line is\n"
         "kept beside the state: a line that was changed, put in or taken out, a gap and a\n"
         "missing end are found, across files that were rotated by renaming them. Without a\n"
         "FILE it reads audit.file of the configuration with its rotated files. Who can write\n"
         "the log and the state can forge both.",
     .examples = "authzd audit verify\n"
                 "journalctl -t authzd -o cat --output-fields=AUTHZD_AUDIT | authzd audit verify -",
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
};

std::vector<CommandRow> all_rows() {
  std::vector<CommandRow> rows;
  for (const auto& half : {general_rows(), daemon_rows()}) {
    rows.insert(rows.end(), half.begin(), half.end());
  }
  return rows;
}

}  // namespace

std::span<const CommandRow> general_rows() {
  return kGeneral;
}

std::span<const CommandRow> command_table() {
  static const std::vector<CommandRow> kRows = all_rows();
  return kRows;
}

}  // namespace authzd
