// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/fleet_file.hpp"

#include "daemon/config/config_keys.hpp"
#include "daemon/config/config_reader.hpp"
#include "daemon/config/config_sections.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/document_header.hpp"
#include "reconciler/manifest/value_checks.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<KeyHint, 4> kEntryHints{
    {{"auth", "only the configuration says how accounts authenticate"},
     {"paths", "only the configuration says which paths are an account's"},
     {"rails", "rails are the configuration's alone"},
     {"adopt", "only the configuration says what is taken over"}}};

class FleetDecoder {
 public:
  explicit FleetDecoder(std::vector<FleetEntry>& out) : out_(out) {}

  void decode(const YamlCursor& document) {
    const YamlMap map(document, config_keys::kFleet, "the fleet");
    std::ignore = map.peek("metadata");
    const auto accounts = map.require("accounts", "write accounts: [{name: …, id: …}]");
    const auto items =
        accounts ? accounts->list("write accounts: [{name: …, id: …}]") : std::nullopt;
    if (!items) return;
    if (items->size() > kMaxFleet) {
      accounts->error("a fleet has at most " + std::to_string(kMaxFleet) + " accounts, got " +
                      std::to_string(items->size()));
      return;
    }
    for (const YamlCursor& item : *items) decode_entry(item);
  }

 private:
  void decode_entry(const YamlCursor& node) {
    const ConfigEnvironment none;
    const ConfigMap map(node, config_keys::kFleetEntry, "an account", none, kEntryHints);
    FleetEntry entry;
    if (const auto name = map.require("name")) {
      const auto text = name->text();
      if (text && check_name(*name, *text, "account name")) {
        entry.traits.name = *text;
        claim(names_, *name, *text, "account name");
      }
    }
    if (const auto id = map.require("id", "32 hex digits; `ibmcloud account show` prints it")) {
      const auto text = id->id_text();
      if (text && check_account_id(*id, *text)) {
        entry.id = AccountId(to_lower(*text));
        claim(ids_, *id, entry.id.value, "account id");
      }
    }
    if (const auto labels = map.find("labels")) decode_labels(*labels, entry.traits.labels);
    if (const auto params = map.find("params")) decode_params(*params, entry.traits.params);
    map.read_mode(entry.mode);
    map.read("removed", entry.is_removed);
    out_.push_back(std::move(entry));
  }

  static void claim(std::map<std::string, SourcePos>& taken,
                    const YamlCursor& node,
                    const std::string& value,
                    std::string_view what) {
    const auto [first, is_new] = taken.try_emplace(value, node.position());
    if (is_new) return;
    node.error(std::string(what) + " " + quoted(value) + " is given twice; first at " +
               printable(to_string(first->second)));
  }

  std::vector<FleetEntry>& out_;
  std::map<std::string, SourcePos> names_;
  std::map<std::string, SourcePos> ids_;
};

}  // namespace

FleetOutcome load_fleet(const SourceFile& file) {
  FleetOutcome out;
  const LoadLimits limits;
  YamlFile parsed(file, limits, out.diagnostics);
  while (parsed.parse_next()) {
  }
  const std::vector<YamlCursor> documents = parsed.documents();
  bool has_fleet = false;
  for (const YamlCursor& document : documents) {
    if (has_fleet && is_fleet_document(document)) {
      document.error("a second fleet: a file has one list of accounts");
    } else if (is_fleet_document(document) && check_header(document, kFleetKind)) {
      FleetDecoder(out.entries).decode(document);
      has_fleet = true;
    }
  }
  if (!has_fleet && !has_errors(out.diagnostics)) {
    out.diagnostics.push_back({Severity::error,
                               {file.name, 0, 0},
                               "there is no list of accounts in the file",
                               "write apiVersion: authzd/v1, kind: Fleet and accounts: […]"});
  }
  if (has_errors(out.diagnostics)) out.entries.clear();
  sort_diagnostics(out.diagnostics);
  return out;
}

}  // namespace authzd
