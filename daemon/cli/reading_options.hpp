// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the commands take that only show: what IAM has, and what manifests say.
#pragma once

#include "reconciler/report/policy_table.hpp"
#include "reconciler/report/reach.hpp"

#include <optional>
#include <string>
#include <vector>

namespace authzd {

enum class OutputForm { text, json, markdown };
struct DiffCommand {
  std::string from;  // revisions
  std::string to;
  std::string repository = ".";    // on this host; not used with a configuration
  std::vector<std::string> paths;  // in it; empty: all of it
  bool detailed_exitcode = false;
  OutputForm output = OutputForm::text;
};
enum class ListForm {
  text,  // a table
  wide,
  ibmcloud,  // the layout of IBM's CLI
  json,
};
struct ListCommand {
  ListForm output = ListForm::text;
  ListFilter filter = {};
  bool by_name = false;  // what has a marker, by its authorization's name
};
enum class ReachForm { text, json, dot, mermaid, svg };
struct ReachCommand {
  ReachFilter filter = {};
  std::optional<std::string> saved;  // a saved list; nothing is asked of IAM
  ReachForm output = ReachForm::text;
};
enum class WhyForm { text, json, yaml, manifest };
struct WhyCommand {
  ReachParty source = {};
  ReachParty target = {};
  std::string role = {};               // empty: any
  std::string source_account = {};     // empty: the one that is asked
  std::vector<std::string> with = {};  // "source.region=eu-de"
  std::optional<std::string> saved;    // a saved list; nothing is asked of IAM
  bool detailed_exitcode = false;
  WhyForm output = WhyForm::text;
};
enum class SchemaKind { manifest, fleet, configuration };
struct SchemaCommand {
  SchemaKind kind = SchemaKind::manifest;
};

enum class ReportKind { unused, broad, drift, changes, expiring, reviews };
enum class ReportForm { text, csv, json, html };
struct ReportCommand {
  ReportKind kind = ReportKind::unused;
  int days = 90;                     // unused: without use; expiring, reviews: from now on
  std::optional<std::string> since;  // as written: a date, a time, or how long ago
  std::optional<std::string> saved;  // a saved list; nothing is asked of IAM
  ReportForm output = ReportForm::text;
};
struct ExportCommand {
  std::optional<std::string> to;  // a folder that gets a file for each account
};

}  // namespace authzd
