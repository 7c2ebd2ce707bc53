// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/seed.hpp"

#include "daemon/sandbox/policy_format.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <utility>

namespace authzd::sandbox {
namespace {

// The position of an error in a seed.
struct Place {
  const std::string& file;
  std::string path;

  [[nodiscard]] Error error(const std::string& message) const {
    return {ErrorCode::invalid_config, file + ": " + path + ": " + message};
  }
};

Error syntax_error(std::string_view text, const std::string& file, const Json::parse_error& error) {
  const std::size_t at = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
  const std::string_view before = text.substr(0, at);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? at + 1 : at - newline;
  return {ErrorCode::invalid_config,
          file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": this is not JSON"};
}

Result<Json> parse(std::string_view text, const std::string& file) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    return syntax_error(text, file, error);
  }
}

Result<Caller> read_caller(const Json& json, const Place& place) {
  Caller caller{text_of(json, "account"), text_of(json, "iam_id"), text_of(json, "name")};
  if (caller.account.empty()) return place.error("\"account\" is missing");
  if (caller.iam_id.empty()) return place.error("\"iam_id\" is missing");
  const std::string access = text_of(json, "access");
  if (!access.empty() && access != "administrator" && access != "viewer") {
    return place.error("\"access\" is administrator or viewer, not \"" + printable(access) + "\"");
  }
  caller.may_write = access != "viewer";
  if (const Json* reads = member(json, "reads"); reads != nullptr && reads->is_array()) {
    for (const Json& each : *reads) {
      if (each.is_string()) caller.readable.push_back(each.get<std::string>());
    }
  }
  return caller;
}

Result<void> read_key(World& world, const Json& json, const Place& place) {
  auto caller = read_caller(json, place);
  if (!caller) return std::move(caller).error();
  const std::string key = text_of(json, "key");
  if (key.empty()) return place.error("\"key\" is missing");
  world.identities.add_key(key, std::move(*caller));
  return {};
}

Result<void> read_profile(World& world, const Json& json, const Place& place) {
  auto caller = read_caller(json, place);
  if (!caller) return std::move(caller).error();
  const std::string name = caller->name;
  world.identities.add_profile(
      {text_of(json, "id"), name, text_of(json, "crn"), std::move(*caller)});
  return {};
}

Result<Timestamp> read_time(const Json& json,
                            const char* name,
                            Timestamp standard,
                            const Place& place) {
  const std::string text = text_of(json, name);
  if (text.empty()) return standard;
  const auto time = parse_rfc3339(text);
  if (!time) return place.error("\"" + std::string(name) + "\" is no RFC 3339 time");
  return *time;
}

Result<void> read_policy(World& world, const Json& json, const Place& place, Timestamp now) {
  const Json* written = member(json, "policy");
  if (written == nullptr) return place.error("\"policy\" is missing");
  auto body = decode_policy(*written, version_of(*written));
  if (!body) return place.error(body.error().message);
  const auto created = read_time(json, "created_at", now, place);
  if (!created) return created.error();
  const auto modified = read_time(json, "last_modified_at", *created, place);
  if (!modified) return modified.error();
  const auto permit = read_time(json, "last_permit_at", Timestamp{}, place);
  if (!permit) return permit.error();

  Policy policy;
  policy.body = std::move(*body);
  policy.id = text_of(json, "id");
  policy.account = attr_text(policy.body.resource, "accountId");
  policy.created_at = *created;
  policy.modified_at = *modified;
  policy.created_by = text_of(json, "created_by_id");
  policy.modified_by = text_of(json, "last_modified_by_id");
  if (policy.created_by.empty()) return place.error("\"created_by_id\" is missing");
  if (policy.modified_by.empty()) policy.modified_by = policy.created_by;
  policy.deleted = text_of(json, "state") == "deleted";
  if (const Json* made_from = member(json, "template")) policy.made_from = *made_from;
  if (*permit != Timestamp{}) policy.last_permit_at = *permit;
  if (policy.account.empty()) return place.error("the resource has no accountId");
  if (!policy.id.empty() && world.store.find(policy.id, now) != nullptr) {
    return place.error("the id is used twice");
  }
  if (!policy.deleted &&
      world.store.duplicate_of(policy.account, policy.body, {}, now) != nullptr) {
    return place.error("an identical policy is already in the seed");
  }
  world.store.add(std::move(policy));
  return {};
}

Result<ResourceInstance> read_instance_at(const Json& json, const Place& place) {
  ResourceInstance instance{text_of(json, "name"),
                            text_of(json, "service"),
                            text_of(json, "account"),
                            text_of(json, "guid"),
                            text_of(json, "region"),
                            text_of(json, "resource_group_id"),
                            text_of(json, "state"),
                            text_of(json, "crn")};
  const std::pair<const char*, const std::string&> needed[] = {{"name", instance.name},
                                                               {"service", instance.service},
                                                               {"account", instance.account},
                                                               {"guid", instance.guid}};
  for (const auto& [name, value] : needed) {
    if (value.empty()) return place.error("\"" + std::string(name) + "\" is missing");
  }
  if (instance.region.empty()) instance.region = "us-south";
  if (instance.state.empty()) instance.state = "active";
  if (instance.crn.empty()) {
    instance.crn = "crn:v1:bluemix:public:" + instance.service + ":" + instance.region + ":a/" +
                   instance.account + ":" + instance.guid + "::";
  }
  return instance;
}

// Calls `read(element, place)` for each element of the list, if there is one.
template <class Read>
Result<void> each_of(const Json& seed,
                     const std::string& name,
                     const std::string& file,
                     Read read) {
  const Json* list = member(seed, name);
  if (list == nullptr) return {};
  const Place whole{file, "/" + name};
  if (!list->is_array()) return whole.error("must be a list");
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Place place{file, "/" + name + "/" + std::to_string(i)};
    if (auto done = read((*list)[i], place); !done) return done;
  }
  return {};
}

}  // namespace

Result<void> apply_seed(World& world,
                        std::string_view text,
                        const std::string& file,
                        Timestamp now) {
  const auto seed = parse(text, file);
  if (!seed) return seed.error();
  if (!seed->is_object()) return Place{file, "/"}.error("must be an object");
  for (const auto& [name, value] : seed->items()) {
    if (name != "accounts" && name != "api_keys" && name != "profiles" && name != "policies" &&
        name != "instances") {
      return Place{file, "/" + printable(name)}.error("is not known");
    }
  }

  world.store.clear();
  world.identities.clear();
  world.instances.clear();
  auto done = each_of(*seed, "api_keys", file, [&](const Json& each, const Place& place) {
    return read_key(world, each, place);
  });
  if (!done) return done;
  done = each_of(*seed, "profiles", file, [&](const Json& each, const Place& place) {
    return read_profile(world, each, place);
  });
  if (!done) return done;
  done = each_of(*seed, "instances", file, [&](const Json& each, const Place& place) {
    auto instance = read_instance_at(each, place);
    if (!instance) return Result<void>(std::move(instance).error());
    world.instances.push_back(std::move(*instance));
    return Result<void>();
  });
  if (!done) return done;
  return each_of(*seed, "policies", file, [&](const Json& each, const Place& place) {
    return read_policy(world, each, place, now);
  });
}

Result<void> put_instance(World& world, const Json& json) {
  const std::string file = "the request";
  auto instance = read_instance_at(json, {file, "/"});
  if (!instance) return std::move(instance).error();
  const auto same = std::ranges::find(world.instances, instance->guid, &ResourceInstance::guid);
  if (same == world.instances.end()) {
    world.instances.push_back(std::move(*instance));
  } else {
    *same = std::move(*instance);
  }
  return {};
}

std::vector<SeedKey> keys_of_seed(std::string_view text) {
  const Json seed = Json::parse(text, nullptr, false);
  std::vector<SeedKey> keys;
  const Json* list = member(seed, "api_keys");
  if (list == nullptr || !list->is_array()) return keys;
  const Json* accounts = member(seed, "accounts");
  for (const Json& each : *list) {
    SeedKey key{text_of(each, "key"), text_of(each, "account"), {}, text_of(each, "name")};
    if (accounts != nullptr && accounts->is_array()) {
      for (const Json& account : *accounts) {
        if (text_of(account, "id") == key.account) key.account_name = text_of(account, "name");
      }
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace authzd::sandbox
