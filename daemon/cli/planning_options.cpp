// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/asked_party.hpp"
#include "daemon/cli/command_line.hpp"
#include "daemon/config/git_url.hpp"

namespace authzd {
namespace {

const std::map<std::string, OutputForm> kForms{
    {"text", OutputForm::text}, {"json", OutputForm::json}, {"markdown", OutputForm::markdown}};

const std::map<std::string, FindingsForm> kFindingsForms{{"text", FindingsForm::text},
                                                         {"json", FindingsForm::json},
                                                         {"sarif", FindingsForm::sarif},
                                                         {"github", FindingsForm::github}};

const std::map<std::string, ListForm> kListForms{{"text", ListForm::text},
                                                 {"wide", ListForm::wide},
                                                 {"ibmcloud", ListForm::ibmcloud},
                                                 {"json", ListForm::json}};

const std::map<std::string, ReachForm> kReachForms{{"text", ReachForm::text},
                                                   {"json", ReachForm::json},
                                                   {"dot", ReachForm::dot},
                                                   {"mermaid", ReachForm::mermaid},
                                                   {"svg", ReachForm::svg}};

void add_party(CLI::App& sub, const std::string& flag, ReachParty& party, const std::string& help) {
  sub.add_option_function<std::string>(
         flag,
         [&party, flag](const std::string& text) {
           party = parse_party(text);
           // Nothing named would mean everything.
           const std::string fault = fault_of(party, text);
           if (!fault.empty()) throw CLI::ValidationError(flag, fault);
         },
         help)
      ->type_name("SERVICE[:INSTANCE]");
}

template <class T>
void add_parsed(CLI::App& sub,
                const std::string& flag,
                std::optional<T>& target,
                std::optional<T> (*parse)(std::string_view),
                const std::string& names,
                const std::string& help) {
  sub.add_option_function<std::string>(
         flag,
         [&target, parse, names, flag](const std::string& text) {
           target = parse(text);
           if (!target) throw none_of(flag, text, names);
         },
         help)
      ->type_name(names);
}

void add_desired(CommandLine& line, CLI::App& sub) {
  line.add_account(sub);
  sub.add_option("--manifests", line.common.manifests, "Without a configuration: the manifests")
      ->type_name("PATH");
  sub.add_option(
         "--owner", line.common.owner, "Without a configuration: what marks policies as ours")
      ->type_name("NAME");
  add_parsed(sub,
             "--mode",
             line.common.mode,
             &parse_mode,
             "observe|create-only|upsert-only|sync",
             "What may be written, if the configuration does not say observe; a plan without it "
             "shows all, as sync");
  add_parsed(sub,
             "--adopt",
             line.common.adopt,
             &parse_adopt,
             "never|identical|always",
             "What to do with policies that nobody manages and a manifest wants");
  sub.add_flag(
      "--allow-empty-account",
      line.common.allow_empty_account,
      "Believe an account that shows no authorization at all, and was never seen with one");
}

void add_names(CLI::App& sub, std::vector<std::string>& names) {
  sub.add_option(
         "--name", names, "Only this authorization; nothing is planned of any other (repeatable)")
      ->type_name("NAME")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void take_files(const std::vector<std::string>& texts, std::vector<OutputFile>& files) {
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const auto form = kForms.find(text.substr(0, equals));
    if (equals == std::string::npos || form == kForms.end() || equals + 1 == text.size()) {
      throw CLI::ValidationError("--out",
                                 "\"" + printable(text) + "\" is not text|json|markdown=FILE");
    }
    files.push_back({form->second, text.substr(equals + 1)});
  }
}

const std::map<std::string, WaitGoal> kGoals{{"granted", WaitGoal::granted},
                                             {"settled", WaitGoal::settled}};

const std::map<std::string, SchemaKind> kSchemaKinds{{"Authorization", SchemaKind::manifest},
                                                     {"Assertion", SchemaKind::manifest},
                                                     {"Configuration", SchemaKind::configuration},
                                                     {"Fleet", SchemaKind::fleet}};

}  // namespace

void add_full(CLI::App& sub, PlanDetail& detail) {
  sub.add_flag("--full", detail.alike, "Show each of many changes that look alike");
}

ReadCommand describe_validate(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<ValidateCommand>();
  line.add_account(sub);
  sub.add_option("path",
                 command->paths,
                 "Files and directories, - for standard input (default: those configured). With "
                 "--config: a directory in place of its source");
  add_choice(sub, "-o,--output", command->output, kFindingsForms, "Form of what was found");
  sub.add_flag("--allow-empty", command->allow_empty, "No authorization at all is valid, too");
  sub.add_flag(
      "--online",
      command->is_online,
      "Also look at what a daemon needs: key, rights, clock, source, files; writes nothing");
  return reads(command);
}

ReadCommand describe_init(CommandLine&, CLI::App& sub) {
  const auto command = std::make_shared<InitCommand>();
  sub.add_option("--account", command->account, "The account's id")->type_name("ID");
  sub.add_option("--name", command->name, "A name for the account (default production)")
      ->type_name("NAME");
  sub.add_option("--owner", command->owner, "What marks policies as ours (default platform)")
      ->type_name("NAME");
  sub.add_option("--key-file",
                 command->key_file,
                 "Where the API key is (default api-key beside the configuration)")
      ->type_name("FILE");
  sub.add_option("--git", command->git, "The repository of the manifests (default ./manifests)")
      ->type_name("URL");
  sub.add_option("--to", command->to, "Where the files are written (default: here)")
      ->type_name("DIR");
  return reads(command);
}

ReadCommand describe_plan(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<PlanCommand>();
  add_desired(line, sub);
  line.add_local(sub);
  sub.add_flag("--detailed-exitcode",
               command->detailed_exitcode,
               "Exit 2 where there are changes, 3 where a rail holds, 5 where conflicts remain");
  add_choice(sub, "-o,--output", command->output, kForms, "Form of standard output");
  sub.add_option_function<std::vector<std::string>>(
         "--out",
         [command](const std::vector<std::string>& texts) { take_files(texts, command->files); },
         "Also write the plan to a file (repeatable)")
      ->type_name("text|json|markdown=FILE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  sub.add_option("--against", command->against, "Compare with a saved list; ask IAM nothing")
      ->type_name("FILE");
  sub.add_option_function<std::string>(
         "--ref",
         [command](const std::string& ref) {
           if (!is_git_ref(ref)) {
             throw CLI::ValidationError(
                 "--ref", "\"" + printable(ref) + "\" cannot be a branch, a tag or a commit");
           }
           command->ref = ref;
         },
         "Plan this branch, tag or commit of the source's repository instead")
      ->type_name("REF");
  sub.add_flag("--show-unmanaged",
               command->detail.unmanaged,
               "List what is not ours, and all grants that it gives, one a line");
  add_full(sub, command->detail);
  add_names(sub, command->names);
  return reads(command);
}

ReadCommand describe_diff(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<DiffCommand>();
  line.add_account(sub);
  sub.add_option("from", command->from, "The revision before: a branch, a tag or a commit")
      ->type_name("REV")
      ->required();
  sub.add_option("to", command->to, "The revision after")->type_name("REV")->required();
  sub.add_option("--repo",
                 command->repository,
                 "Without --config: the repository, or a folder in it (default: here)")
      ->type_name("DIR");
  sub.add_option("--path", command->paths, "Without --config: manifests in it (repeatable)")
      ->type_name("PATH")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  sub.add_flag("--detailed-exitcode", command->detailed_exitcode, "Exit 2 where they differ");
  add_choice(sub, "-o,--output", command->output, kForms, "Form of standard output");
  return reads(command);
}

ReadCommand describe_apply(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<ApplyCommand>();
  add_desired(line, sub);
  line.add_local(sub);
  sub.add_flag("-y,--yes", command->yes, "Do not ask; rails still hold");
  sub.add_option("--plan-hash",
                 command->plan_hashes,
                 "Apply only a plan of this hash, held actions included (one an account)")
      ->type_name("HASH")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_names(sub, command->names);
  add_full(sub, command->detail);
  add_text_or_json(sub, command->output);
  return reads(command);
}

ReadCommand describe_run(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<RunCommand>();
  add_desired(line, sub);
  sub.add_option("--state", line.common.state, "Where to remember, rather than as configured")
      ->type_name("FILE");
  sub.add_flag("--once", command->once, "One cycle of each account, then exit");
  sub.add_flag("--dry-run", command->dry_run, "Plan each cycle and write nothing");
  return reads(command);
}

ReadCommand describe_wait(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<WaitCommand>();
  sub.add_option("name", command->names, "Authorizations, by name")->type_name("NAME")->required();
  add_choice(sub, "--for", command->goal, kGoals, "Until when (default granted)");
  add_duration(sub, "--timeout", command->timeout, "Wait no longer than this (default 5m)");
  add_desired(line, sub);
  line.add_local(sub);
  return reads(command);
}

ReadCommand describe_list(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<ListCommand>();
  line.add_account(sub);
  line.add_local(sub);
  ListFilter& filter = command->filter;
  sub.add_option("--owner", filter.owner, "Only what the marker says is this owner's")
      ->type_name("NAME");
  sub.add_option("--source", filter.source, "Only what this service may do")->type_name("SERVICE");
  sub.add_option("--target", filter.target, "Only what may be done to this service")
      ->type_name("SERVICE");
  CLI::Option* managed =
      sub.add_flag("--managed", filter.is_managed, "Only what has a marker of authzd");
  sub.add_flag("--unmanaged", filter.is_unmanaged, "Only what people and other tools made")
      ->excludes(managed);
  sub.add_option("--id", filter.id, "Only this policy")->type_name("POLICY");
  sub.add_option("--name", filter.name, "Only what the marker says is of this authorization")
      ->type_name("NAME");
  sub.add_flag("--names", command->by_name, "Only what has a marker, by the authorization's name");
  add_choice(sub, "-o,--output", command->output, kListForms, "Form of standard output");
  return reads(command);
}

ReadCommand describe_reach(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<ReachCommand>();
  line.add_account(sub);
  line.add_local(sub);
  ReachFilter& filter = command->filter;
  add_party(sub, "target", filter.target, "What is reached: kms, kms:INSTANCE (default: all)");
  add_party(sub, "--from,--source", filter.source, "Only what this may reach");
  sub.add_option("--role", filter.role, "Only with this role, or a part of its name")
      ->type_name("ROLE");
  CLI::Option* managed = sub.add_flag("--managed", filter.is_managed, "Only by policies of ours");
  sub.add_flag("--unmanaged", filter.is_unmanaged, "Only by policies of people and other tools")
      ->excludes(managed);
  sub.add_option("--owner", line.common.owner, "Without a configuration: whose policies are ours")
      ->type_name("NAME");
  sub.add_option("--saved", command->saved, "Read a saved list; ask IAM nothing")
      ->type_name("FILE");
  add_choice(sub, "-o,--output", command->output, kReachForms, "Form of standard output");
  return reads(command);
}

ReadCommand describe_export(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<ExportCommand>();
  line.add_account(sub);
  line.add_local(sub);
  sub.add_option("--owner", line.common.owner, "Without a configuration: whose policies are ours")
      ->type_name("NAME");
  sub.add_option("--to",
                 command->to,
                 "Write DIR/ACCOUNT/authorizations.yaml for each account; no file is replaced")
      ->type_name("DIR");
  return reads(command);
}

ReadCommand describe_schema(CommandLine&, CLI::App& sub) {
  const auto command = std::make_shared<SchemaCommand>();
  add_choice(sub,
             "kind",
             command->kind,
             kSchemaKinds,
             "Authorization (default), Assertion: of manifests; Fleet: of a file of accounts");
  return reads(command);
}

ReadCommand describe_audit(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<AuditVerifyCommand>();
  line.add_config(sub);
  sub.add_option_function<std::string>(
         "action",
         [](const std::string& word) {
           if (word == "verify") return;
           throw CLI::ValidationError(
               "audit", "there is no \"" + printable(word) + "\": write 'authzd audit verify'");
         },
         "verify")
      ->type_name("verify")
      ->required();
  sub.add_option("files", command->files, "Files to check, the oldest first; - is standard input")
      ->type_name("FILE");
  sub.add_option("--first", command->first, "Number of the first line: older ones were deleted")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  return reads(command);
}

ReadCommand describe_help(CommandLine&, CLI::App& sub) {
  // What is given here is answered before: it is described for help and completions.
  sub.add_option("command", "A command")->type_name("COMMAND");
  return reads(std::make_shared<HelpCommand>());
}

ReadCommand describe_version(CommandLine&, CLI::App&) {
  return reads(std::make_shared<HelpCommand>());
}

}  // namespace authzd
