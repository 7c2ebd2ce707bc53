// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/config.hpp"

#include "daemon/config/config_keys.hpp"
#include "daemon/config/config_reader.hpp"
#include "daemon/config/config_sections.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/document_header.hpp"
#include "reconciler/manifest/value_checks.hpp"
#include "reconciler/model/marker.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace authzd {
namespace {

constexpr std::chrono::seconds kLeastInterval{5};  // between the starts of two cycles

bool check_owner(const YamlCursor& node, std::string_view owner) {
  if (is_owner_name(owner)) return true;
  node.error(quoted(owner) + " is not an owner name",
             "up to 63 of a-z, 0-9, '.' and '-', a letter or digit at both ends");
  return false;
}

bool is_inside(std::string_view path) {
  if (path.empty() || path.starts_with('/')) return false;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (path.substr(0, slash) == "..") return false;
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return true;
}

void decode_paths(const YamlCursor& node, std::vector<std::string>& out) {
  const auto items = node.list("write paths: [accounts/production]");
  if (!items) return;
  if (items->empty())
    node.error("the list of paths is empty", "leave paths out for the whole source");
  out.clear();
  for (const YamlCursor& item : *items) {
    const auto path = item.text();
    if (!path) continue;
    if (!is_inside(*path)) {
      item.error(quoted(*path) + " is not a path inside the source",
                 "write it relative to the source, without \"..\"");
    }
    out.push_back(*path);
  }
}

/// Decodes the document, and checks what must be unique among accounts.
class ConfigDecoder {
 public:
  ConfigDecoder(const ConfigEnvironment& environment, Config& out)
      : environment_(environment), out_(out) {}

  void decode(const YamlCursor& document);

 private:
  void decode_identity(const ConfigMap& map);
  void decode_sections(const ConfigMap& map);
  void decode_accounts(const YamlCursor& node);
  void check_rollout(const YamlCursor& node);
  AccountConfig decode_common(const ConfigMap& map);
  void decode_account(const ConfigMap& map);
  void decode_accounts_from(const ConfigMap& map);
  void check_name_is_no_id(const YamlCursor& node, const AccountConfig& account);
  void claim(std::map<std::string, SourcePos>& taken,
             const YamlCursor& node,
             const std::string& value,
             std::string_view what);

  const ConfigEnvironment& environment_;
  Config& out_;
  std::map<std::string, SourcePos> names_;
  std::map<std::string, SourcePos> ids_;
  std::optional<YamlCursor> rollout_;
};

void ConfigDecoder::decode(const YamlCursor& document) {
  const ConfigMap map(document, config_keys::kTop, "the configuration", environment_);
  decode_identity(map);
  map.read_duration("interval", out_.interval, kLeastInterval);
  map.read_duration("settle", out_.settle, Milliseconds{0});
  map.read_adopt(out_.adopt);
  decode_sections(map);
  // Last: an account starts with the top-level settings.
  if (const auto accounts =
          map.require("accounts", "write accounts: [{name: …, id: …, auth: …}]")) {
    decode_accounts(*accounts);
  }
  if (rollout_) check_rollout(*rollout_);
}

/// A directory's revision is a digest of what an account reads of it: accounts with different paths
/// have no revision in common. A wave that no account can be in is a mistake in its labels.
void ConfigDecoder::check_rollout(const YamlCursor& node) {
  std::set<std::vector<std::string>> paths;
  for (const AccountConfig& account : out_.accounts) paths.insert(account.paths);
  for (const AccountsFrom& from : out_.accounts_from) paths.insert(from.common.paths);
  if (std::holds_alternative<DirectorySourceConfig>(out_.source) && paths.size() > 1) {
    node.error("with a directory as the source, waves need the same paths for all accounts",
               "read the manifests from Git, where a commit is one revision for all of them");
  }
  if (!out_.accounts_from.empty()) return;
  for (std::size_t wave = 0; wave < out_.rollout.waves.size(); ++wave) {
    const bool has_any = std::ranges::any_of(out_.accounts, [&](const AccountConfig& account) {
      return wave_of(out_.rollout, account.labels) == wave;
    });
    if (!has_any) {
      node.warning("no account is in " + wave_text(out_.rollout, wave) +
                       ": none has its labels, or an earlier wave has them all",
                   "a wave without accounts is complete at once");
    }
  }
}

void ConfigDecoder::decode_identity(const ConfigMap& map) {
  if (const auto owner = map.require("owner", "a stable name of this installation: owner: prod")) {
    const auto text = owner->text();
    if (text && check_owner(*owner, *text)) out_.owner = *text;
  }
  if (map.require("mode",
                  "there is no default: observe (never writes), create-only (only adds), "
                  "upsert-only (adds and changes, never deletes) or sync (also deletes)")) {
    map.read_mode(out_.mode);
  }
  if (const auto identities = map.find("identities")) {
    for (std::string& id : identities->texts()) out_.identities.insert(IamId(std::move(id)));
  }
  const auto previous = map.find("previousOwners");
  const auto items = previous ? previous->list() : std::nullopt;
  if (!items) return;
  for (const YamlCursor& item : *items) {
    const auto text = item.text();
    if (text && check_owner(item, *text)) out_.previous_owners.push_back(*text);
  }
}

void ConfigDecoder::decode_sections(const ConfigMap& map) {
  if (const auto node = map.require("source", "write source: {directory: {path: …}}")) {
    decode_source_section(*node, environment_, out_.source, out_.commits);
  }
  if (const auto node = map.find("iam")) decode_iam(*node, environment_, out_.iam);
  if (const auto node = map.find("rails")) decode_rails(*node, environment_, out_.rails);
  if (const auto node = map.find("require")) decode_require(*node, environment_, out_.require);
  if (const auto node = map.find("remindBefore")) decode_remind_before(*node, out_.remind_before);
  if (const auto node = map.find("rollout")) {
    decode_rollout(*node, environment_, out_.rollout);
    rollout_ = *node;
  }
  if (const auto node = map.find("admin")) decode_admin(*node, environment_, out_.admin);
  map.read_file("state", out_.state_path);
  if (const auto node = map.find("audit")) decode_audit(*node, environment_, out_.audit_file);
  if (const auto node = map.find("notify")) decode_notify(*node, environment_, out_.notify);
  map.read_file("record", out_.record_directory);
}

void ConfigDecoder::decode_accounts(const YamlCursor& node) {
  const auto items = node.list("write accounts: [{name: …, id: …, auth: …}]");
  if (!items) return;
  if (items->empty()) node.error("the list of accounts is empty");
  std::vector<YamlCursor> named;
  for (const YamlCursor& item : *items) {
    const ConfigMap map(item, config_keys::kAccount, "an account", environment_);
    if (map.has("file") || map.has("discover")) {
      decode_accounts_from(map);
    } else {
      decode_account(map);
      named.push_back(item);
    }
  }
  for (std::size_t i = 0; i < named.size(); ++i) check_name_is_no_id(named[i], out_.accounts[i]);
}

/// Commands accept an account's name or id: the same word must not mean two accounts.
void ConfigDecoder::check_name_is_no_id(const YamlCursor& node, const AccountConfig& account) {
  const auto id = ids_.find(account.name);
  if (id == ids_.end() || account.id.value == account.name) return;
  node.error("account name " + quoted(account.name) + " is the id of another account, at " +
                 printable(to_string(id->second)),
             "give the account another name: commands take an account by its name or its id");
}

/// What an account and those of a file have in common.
AccountConfig ConfigDecoder::decode_common(const ConfigMap& map) {
  AccountConfig account;
  account.mode = out_.mode;
  account.interval = out_.interval;
  account.adopt = out_.adopt;
  account.rails = out_.rails;
  account.position = map.node().position();
  if (const auto labels = map.find("labels")) decode_labels(*labels, account.labels);
  if (const auto params = map.find("params")) decode_params(*params, account.params);
  if (const auto paths = map.find("paths")) decode_paths(*paths, account.paths);
  if (const auto auth = map.require("auth", "write auth: {apiKeyFile: …}")) {
    decode_auth(*auth, environment_, account.auth);
  }
  map.read_mode(account.mode);
  map.read_duration("interval", account.interval, kLeastInterval);
  map.read_adopt(account.adopt);
  if (const auto rails = map.find("rails")) decode_rails(*rails, environment_, account.rails);
  map.read("allowEmpty", account.allow_empty);
  return account;
}

void ConfigDecoder::decode_account(const ConfigMap& map) {
  AccountConfig account = decode_common(map);
  if (const auto name = map.require("name")) {
    const auto text = name->text();
    if (text && check_name(*name, *text, "account name")) {
      account.name = *text;
      claim(names_, *name, *text, "account name");
    }
  }
  if (const auto id = map.require("id", "32 hex digits; `ibmcloud account show` prints it")) {
    const auto text = id->id_text();
    if (text && check_account_id(*id, *text)) {
      account.id = AccountId(to_lower(*text));
      claim(ids_, *id, account.id.value, "account id");
    }
  }
  out_.accounts.push_back(std::move(account));
}

/// `file` or `discover`: each of those accounts has its own name and id.
void ConfigDecoder::decode_accounts_from(const ConfigMap& map) {
  AccountsFrom from;
  for (const char* key : {"name", "id"}) {
    if (!map.has(key)) continue;
    map.key_node(key)->error(std::string(key) + " is for one account; here are several",
                             "their names and ids are in the file, or come from IAM");
  }
  if (map.has("file") && map.has("discover")) {
    map.node().error("file and discover exclude each other", "make two entries of them");
  }
  if (const auto file = map.find("file")) {
    const auto path = file->text();
    if (path && !is_inside(*path)) {
      file->error(quoted(*path) + " is not a path inside the source",
                  "write it relative to the source, without \"..\"");
    }
    if (path) from.file = *path;
  }
  if (const auto discover = map.find("discover")) {
    const ConfigMap ways(*discover, config_keys::kDiscover, "discover", environment_);
    const auto profiles = ways.require("profiles", "write discover: {profiles: {name: …}}");
    if (profiles) {
      const ConfigMap fields(*profiles, config_keys::kDiscoverProfiles, "profiles", environment_);
      if (fields.require("name", "the name of the trusted profile, the same in each account")) {
        fields.read("name", from.profile);
      }
    }
  }
  from.common = decode_common(map);
  // An account that is not named writes nothing until this entry says so.
  if (!from.profile.empty() && !map.has("mode")) from.common.mode = Mode::observe;
  const AuthConfig& auth = from.common.auth;
  if (!from.profile.empty() && !(auth.assume_profile.empty() && auth.assume_named.empty())) {
    map.find("auth")->error("assumeProfile has no place beside discover",
                            "each account's own profile of that name is assumed");
  }
  if (!from.file.empty() && !auth.assume_profile.empty()) {
    map.find("auth")->error("this profile belongs to one account, and here are several",
                            "write assumeProfile: {name: …} for the profile of that name in each");
  }
  out_.accounts_from.push_back(std::move(from));
}

void ConfigDecoder::claim(std::map<std::string, SourcePos>& taken,
                          const YamlCursor& node,
                          const std::string& value,
                          std::string_view what) {
  const auto [first, is_new] = taken.try_emplace(value, node.position());
  if (is_new) return;
  node.error(std::string(what) + " " + quoted(value) + " is given twice; first at " +
             printable(to_string(first->second)));
}

using KeysInFile = std::vector<std::pair<SourcePos, std::string>>;  // position and path of each

void collect_given(const YamlCursor& node, const std::string& path, KeysInFile& given) {
  for (const auto& [key, value] : node.entries()) {
    const std::string inner = (path.empty() ? "" : path + ".") + key.raw_text();
    given.emplace_back(key.position(), inner);
    collect_given(value, inner, given);
    if (!value.is_list()) continue;
    const auto items = value.list();
    for (const YamlCursor& item : *items) collect_given(item, inner + "[]", given);
  }
}

/// "https://user:password@host".
bool holds_user_of_url(std::string_view line) {
  const std::size_t begin = line.find("://");
  if (begin == std::string_view::npos) return false;
  const std::string_view authority = line.substr(begin + 3);
  return authority.substr(0, authority.find('/')).find('@') != std::string_view::npos;
}

/// Someone may have written a secret in place of a file reference: such a line is not shown.
void hide_secret_lines(const KeysInFile& given, ConfigOutcome& out) {
  std::set<int> lines;
  const auto names_secret = [](std::string_view key) {
    return key.ends_with("apikey") || key.ends_with("api_key") || key.ends_with("token") ||
           key.ends_with("secret") || key.ends_with("password");
  };
  for (const auto& [position, path] : given) {
    if (names_secret(to_lower(path))) lines.insert({position.line, position.line + 1});
  }
  for (Diagnostic& diagnostic : out.diagnostics) {
    // The second check is for files that do not parse.
    const std::string line = to_lower(diagnostic.source_line);
    bool hide = lines.contains(diagnostic.position.line) || holds_user_of_url(line);
    for (std::size_t at = line.find(':'); at != std::string::npos; at = line.find(':', at + 1)) {
      hide = hide || names_secret(trim(std::string_view(line).substr(0, at)));
    }
    if (!hide) continue;
    diagnostic.source_line.clear();
    diagnostic.caret = 0;
  }
}

}  // namespace

// IBM documents private endpoints of the Resource Controller for two regions, and one for all
// others (IBM Cloud API docs, Resource Controller, "Endpoint URLs").
BaseUrl resource_controller_beside(const BaseUrl& iam) {
  constexpr std::string_view kIam = "iam.";
  constexpr std::string_view kOther = "resource-controller.";
  constexpr std::array<std::string_view, 2> kDomains{"cloud.ibm.com", "test.cloud.ibm.com"};
  constexpr std::array<std::string_view, 2> kRegions{"private.us-south.", "private.us-east."};
  const std::string_view host = iam.origin.host;
  const auto at = host.find(kIam);
  const bool is_label = at != std::string_view::npos && (at == 0 || host[at - 1] == '.');
  if (!is_label) return iam;
  const std::string_view domain = host.substr(at + kIam.size());
  if (std::ranges::find(kDomains, domain) == kDomains.end()) return iam;
  std::string_view prefix = host.substr(0, at);
  if (prefix.starts_with("private.") && std::ranges::find(kRegions, prefix) == kRegions.end()) {
    prefix = "private.";
  }
  BaseUrl beside;
  beside.origin = iam.origin;
  beside.origin.host = std::string(prefix) + std::string(kOther) + std::string(domain);
  return beside;
}

ConfigOutcome load_config(const SourceFile& file, const ConfigEnvironment& environment) {
  ConfigOutcome out;
  KeysInFile given;
  const LoadLimits limits;
  YamlFile parsed(file, limits, out.diagnostics);
  while (parsed.parse_next()) {
  }
  const std::vector<YamlCursor> documents = parsed.documents();
  if (documents.empty() && !has_errors(out.diagnostics)) {
    out.diagnostics.push_back({Severity::error, {file.name, 0, 0}, "the configuration is empty"});
  }
  if (documents.size() > 1) {
    documents[1].error("a second document: a configuration is one document");
  }
  if (!documents.empty() && check_header(documents[0], kConfigurationKind)) {
    ConfigDecoder(environment, out.config).decode(documents[0]);
    collect_given(documents[0], "", given);
  }
  hide_secret_lines(given, out);
  sort_diagnostics(out.diagnostics);
  return out;
}

}  // namespace authzd
