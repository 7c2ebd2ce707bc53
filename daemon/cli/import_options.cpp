// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/command_line.hpp"

namespace authzd {
namespace {

const std::map<std::string, ImportFrom> kFrom{
    {"tfstate", ImportFrom::tfstate}, {"cli", ImportFrom::cli}, {"pair", ImportFrom::pair}};
const std::map<std::string, GroupBy> kGroups{
    {"source", GroupBy::source}, {"target", GroupBy::target}, {"label", GroupBy::label}};

}  // namespace

ReadCommand describe_import(CommandLine& line, CLI::App& sub) {
  const auto command = std::make_shared<ImportCommand>();
  sub.add_option_function<std::string>(
         "what",
         [command](const std::string& word) { command->from = kFrom.at(word); },
         "What is read")
      ->type_name("tfstate|cli|pair")
      ->required()
      ->check(CLI::IsMember({"tfstate", "cli", "pair"}));
  sub.add_option("files", command->files, "Files to read; - is standard input")->type_name("FILE");
  sub.add_option("--to",
                 command->to,
                 "tfstate: a folder for the files, which must not be there with another content "
                 "(default: standard output). pair: the instance, kms:GUID")
      ->type_name("PATH");
  add_choice(sub, "--group-by", command->group_by, kGroups, "With --to DIR: what makes a file");
  sub.add_option("--from", command->pair_from, "pair: hs-crypto, or one instance of it")
      ->type_name("hs-crypto[:GUID]");
  sub.add_option("--manifests", line.common.manifests, "pair: a directory or a file of manifests")
      ->type_name("PATH");
  sub.add_option_function<std::string>(
         "--account",
         [&line](const std::string& id) { line.common.accounts.push_back(id); },
         "The account's id, where it cannot be told")
      ->type_name("ID");
  sub.add_option("--owner", line.common.owner, "cli: whose policies are ours")->type_name("NAME");
  return reads(command);
}

}  // namespace authzd
