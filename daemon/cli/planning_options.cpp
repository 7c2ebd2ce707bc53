// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/command_line.hpp"

namespace authzd {
namespace {

const std::map<std::string, OutputForm> kForms{
    {"text", OutputForm::text}, {"json", OutputForm::json}, {"markdown", OutputForm::markdown}};

const std::map<std::string, FindingsForm> kFindingsForms{{"text", FindingsForm::text},
                                                         {"json", FindingsForm::json},
                                                         {"sarif", FindingsForm::sarif},
                                                         {"github", FindingsForm::github}};

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

void add_validate(CommandLine& line) {
  const auto command = std::make_shared<ValidateCommand>();
  CLI::App& sub =
      line.add("validate",
               "Check manifests, or a configuration; nothing is asked of IAM",
               command,
               "Shows every problem at once, as file:line:column with what was probably meant.\n"
               "Exits 4 where there is one, and where there is no authorization at all. What\n"
               ".authzdignore in a directory lists, in the patterns of gitignore, is not read.\n"
               "\n"
               "The output for programs goes to standard output: json has one shape, sarif is\n"
               "SARIF 2.1.0, github are workflow commands, which annotate a pull request.");
  line.add_account(sub);
  sub.add_option("path",
                 command->paths,
                 "Files and directories, - for standard input (default: those configured)");
  add_choice(sub, "-o,--output", command->output, kFindingsForms, "Form of what was found");
  sub.add_flag("--allow-empty", command->allow_empty, "No authorization at all is valid, too");
}

void add_plan(CommandLine& line) {
  const auto command = std::make_shared<PlanCommand>();
  CLI::App& sub =
      line.add("plan",
               "Show the difference; write nothing",
               command,
               "A line for each policy: + create, ~ update, - delete, = kept on purpose,\n"
               "! conflict; below it the manifest's position, before -> after, and the reason.\n"
               "What a rail holds back is shown with the hash that 'authzd approve' takes.\n"
               "\n"
               "Two people, in CI: one keeps 'authzd plan --out json=plan.json', another reads it\n"
               "and runs 'authzd apply --plan-hash HASH' with the hash in it.");
  add_desired(line, sub);
  line.add_local(sub);
  sub.add_flag("--detailed-exitcode",
               command->detailed_exitcode,
               "Exit 2 where there are changes, 3 where a rail holds, 5 where conflicts remain");
  add_choice(sub, "--output", command->output, kForms, "Form of standard output");
  sub.add_option_function<std::vector<std::string>>(
         "--out",
         [command](const std::vector<std::string>& texts) { take_files(texts, command->files); },
         "Also write the plan to a file (repeatable)")
      ->type_name("text|json|markdown=FILE");
  sub.add_option("--against", command->against, "Compare with a saved list; ask IAM nothing")
      ->type_name("FILE");
  sub.add_flag("--show-unmanaged",
               command->show_unmanaged,
               "List what is not ours, and all grants that it gives, one a line");
  add_names(sub, command->names);
}

void add_apply(CommandLine& line) {
  const auto command = std::make_shared<ApplyCommand>();
  CLI::App& sub = line.add(
      "apply",
      "Plan, show, ask, and make IAM equal to the manifests",
      command,
      "Rails hold here as in the daemon, and nothing forces them: --yes answers the\n"
      "question and approves nothing; --plan-hash lets through what that very plan shows as\n"
      "held, and nothing that is held for another reason by now. It ends with\n"
      "rails.approvalTtl. Without a state (--manifests or --local, and no --state) nothing\n"
      "counts what earlier calls deleted: then deletes need --plan-hash.\n"
      "\n"
      "A daemon applies by itself, on its interval, and at once after 'authzd sync' or\n"
      "SIGHUP, which makes it read its configuration again.");
  add_desired(line, sub);
  line.add_local(sub);
  sub.add_flag("--yes,-y", command->yes, "Do not ask; rails still hold");
  sub.add_option("--plan-hash",
                 command->plan_hashes,
                 "Apply only a plan of this hash, held actions included (one an account)")
      ->type_name("HASH");
  add_names(sub, command->names);
  add_text_or_json(sub, command->output);
}

void add_run(CommandLine& line) {
  const auto command = std::make_shared<RunCommand>();
  CLI::App& sub = line.add(
      "run",
      "Keep IAM equal to the manifests, until stopped",
      command,
      "A cycle of each account, on its interval and sooner when it is poked: by SIGHUP,\n"
      "'authzd sync', a change in a directory of manifests, or a signed webhook. SIGHUP\n"
      "(systemctl reload) also reads the configuration again; one that is not valid is\n"
      "refused, and the old one stays. SIGTERM ends it between two writes. It listens for\n"
      "other commands on the socket of its configuration, and remembers in its state.");
  add_desired(line, sub);
  sub.add_option("--state", line.common.state, "Where to remember, rather than as configured")
      ->type_name("FILE");
  sub.add_flag("--once", command->once, "One cycle of each account, then exit");
  sub.add_flag("--dry-run", command->dry_run, "Plan each cycle and write nothing");
}

const std::map<std::string, WaitGoal> kGoals{{"granted", WaitGoal::granted},
                                             {"settled", WaitGoal::settled}};

void add_wait(CommandLine& line) {
  const auto command = std::make_shared<WaitCommand>();
  CLI::App& sub = line.add(
      "wait",
      "Wait until IAM has what an authorization grants",
      command,
      "granted: IAM has each of its grants as it is wanted. settled: and none of them was\n"
      "changed within the configuration's `settle` (2m), so that every part of IAM knows it.\n"
      "IAM is read until then, at growing distances up to 10s. It writes nothing: after a\n"
      "change 'authzd sync --wait' first, or 'authzd apply'.\n"
      "\n"
      "Exits 0 then; 1 after --timeout, and says what is missing; 3 where a rail holds it; 4\n"
      "where there is no authorization of that name.");
  sub.add_option("name", command->names, "Authorizations, by name")->type_name("NAME")->required();
  add_choice(sub, "--for", command->goal, kGoals, "Until when (default granted)");
  add_duration(sub, "--timeout", command->timeout, "Wait no longer than this (default 5m)");
  add_desired(line, sub);
  line.add_local(sub);
}

void add_list(CommandLine& line) {
  const auto command = std::make_shared<ListCommand>();
  CLI::App& sub =
      line.add("list",
               "Show the authorizations that IAM has",
               command,
               "In the layout of 'ibmcloud iam authorization-policies', or as IAM's own\n"
               "JSON. With --names what an installation of authzd manages, by the names of its\n"
               "authorizations.");
  line.add_account(sub);
  line.add_local(sub);
  sub.add_option("--owner", command->owner, "Only what the marker says is this owner's")
      ->type_name("NAME");
  sub.add_flag("--names", command->by_name, "Only what has a marker, a line for each policy");
  add_text_or_json(sub, command->output);
}

void add_export(CommandLine& line) {
  CLI::App& sub = line.add("export",
                           "Write what IAM has as manifests",
                           std::make_shared<ExportCommand>(),
                           "What a manifest cannot say, or may not touch, is a comment that says "
                           "why.");
  line.add_account(sub);
  line.add_local(sub);
  sub.add_option("--owner", line.common.owner, "Without a configuration: whose policies are ours")
      ->type_name("NAME");
}

void add_schema(CommandLine& line) {
  const auto command = std::make_shared<SchemaCommand>();
  CLI::App& sub = line.add("schema", "Print the JSON Schema of a kind, for editors", command);
  sub.add_option("kind",
                 command->kind,
                 "Authorization (default), Assertion: of manifests; or Configuration")
      ->check(CLI::IsMember({"Authorization", "Assertion", "Configuration"}));
}

void add_audit(CommandLine& line) {
  const auto command = std::make_shared<AuditVerifyCommand>();
  CLI::App& sub =
      line.add("audit",
               "Check that the audit log is as it was written",
               command,
               "Each line has a number and the hash of the line before it, and the last line is\n"
               "kept beside the state: a line that was changed, put in or taken out, a gap and a\n"
               "missing end are found, across files that were rotated by renaming them. Without a\n"
               "FILE it reads audit.file of the configuration with its rotated files. Of the\n"
               "journal: journalctl -o cat MESSAGE_ID=4a1f1e6a5c0b4b0f9d3c8e7a2b6d5f10 |\n"
               "authzd audit verify -. Who can write the log and the state can forge both.");
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
}

}  // namespace

void add_planning_commands(CommandLine& line) {
  add_validate(line);
  add_plan(line);
  add_apply(line);
  add_run(line);
  add_wait(line);
  add_list(line);
  add_export(line);
  add_import(line);
  add_schema(line);
  add_audit(line);
}

}  // namespace authzd
