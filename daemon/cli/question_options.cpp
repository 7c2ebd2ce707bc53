// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The options of what is asked about access: `why` and `report`.
#include "daemon/cli/asked_party.hpp"
#include "daemon/cli/command_line.hpp"

namespace authzd {
namespace {

const std::map<std::string, WhyForm> kWhyForms{{"text", WhyForm::text},
                                               {"json", WhyForm::json},
                                               {"yaml", WhyForm::yaml},
                                               {"manifest", WhyForm::manifest}};

const std::map<std::string, ReportKind> kReportKinds{{"unused", ReportKind::unused},
                                                     {"broad", ReportKind::broad},
                                                     {"drift", ReportKind::drift},
                                                     {"changes", ReportKind::changes},
                                                     {"expiring", ReportKind::expiring},
                                                     {"reviews", ReportKind::reviews}};

const std::map<std::string, ReportForm> kFormsOfReport{{"text", ReportForm::text},
                                                       {"csv", ReportForm::csv},
                                                       {"json", ReportForm::json},
                                                       {"html", ReportForm::html}};

constexpr int kMostDays = 3'650;

CLI::Option* add_side(CLI::App& sub,
                      const std::string& flag,
                      ReachParty& party,
                      const std::string& help) {
  return sub
      .add_option_function<std::string>(
          flag,
          [&party, flag](const std::string& text) {
            party = parse_party(text);
            const std::string fault = fault_of(party, text);
            if (!fault.empty()) throw CLI::ValidationError(flag, fault);
          },
          help)
      ->type_name("SERVICE[:INSTANCE]");
}

/// "2026-11-01", a time of RFC 3339, or how long ago: "30d".
void add_since(CLI::App& sub, std::optional<std::string>& target) {
  sub.add_option("--since", target, "From then on: 2026-11-01, 2026-11-01T08:00:00Z, or 30d ago")
      ->type_name("DATE");
}

}  // namespace

ReadCommand describe_why(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<WhyCommand>();
  line.add_account(sub);
  line.add_local(sub);
  add_side(sub, "--source,--from", command->source, "Who reaches: server-protect, is.share")
      ->required();
  add_side(sub, "--target,--to", command->target, "What is reached: kms, kms:INSTANCE")->required();
  sub.add_option("--role", command->role, "With this role, by its name or CRN (default: any)")
      ->type_name("ROLE");
  sub.add_option("--source-account",
                 command->source_account,
                 "Account of the source, by its id (default: the one that is asked)")
      ->type_name("ID");
  sub.add_option("--with", command->with, "What else is known: source.region=eu-de, repeatable")
      ->type_name("SIDE.ATTRIBUTE=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  sub.add_option("--manifests",
                 line.common.manifests,
                 "Without a configuration: a directory or a file of manifests")
      ->type_name("PATH");
  sub.add_option("--owner", line.common.owner, "Without a configuration: whose policies are ours")
      ->type_name("NAME");
  sub.add_option("--saved", command->saved, "Read a saved list; ask IAM nothing")
      ->type_name("FILE");
  sub.add_flag("--detailed-exitcode",
               command->detailed_exitcode,
               "Exit 2 where an account does not answer yes");
  add_choice(sub, "-o,--output", command->output, kWhyForms, "Form of standard output");
  return reads(command);
}

ReadCommand describe_report(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<ReportCommand>();
  line.add_account(sub);
  line.add_local(sub);
  add_choice(sub, "kind", command->kind, kReportKinds, "What is reported")->required();
  sub.add_option("--days",
                 command->days,
                 "unused: without use for so long; expiring, reviews: due within it (default 90)")
      ->type_name("N")
      ->check(CLI::Range(1, kMostDays));
  add_since(sub, command->since);
  sub.add_option("--manifests",
                 line.common.manifests,
                 "Without a configuration: a directory or a file of manifests")
      ->type_name("PATH");
  sub.add_option("--owner", line.common.owner, "Without a configuration: whose policies are ours")
      ->type_name("NAME");
  sub.add_option("--saved", command->saved, "unused, broad: read a saved list; ask IAM nothing")
      ->type_name("FILE");
  add_choice(sub, "-o,--output", command->output, kFormsOfReport, "Form of standard output");
  return reads(command);
}

}  // namespace authzd
