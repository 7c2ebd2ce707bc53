// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The Resource Controller's /v2/resource_instances, as far as name look-ups need it: list, and read
// one (IBM Cloud API docs, Resource Controller).
#include "daemon/sandbox/world.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace authzd::sandbox {
namespace {

constexpr std::size_t kLargestPage = 100;
// The id of an offering in IBM's catalogue, not the name of a service: clients cannot rely on it.
constexpr const char* kOffering = "00000000-0000-4000-8000-000000000000";

/// The Resource Controller has its own format for refusals.
HttpResponse problem(int status, const std::string& code, const std::string& message) {
  return json_reply(status, {{"message", message}, {"status_code", status}, {"error_code", code}});
}

Json view(const ResourceInstance& instance) {
  return {{"id", instance.crn},
          {"guid", instance.guid},
          {"url", "/v2/resource_instances/" + instance.guid},
          {"name", instance.name},
          {"region_id", instance.region},
          {"account_id", instance.account},
          {"resource_group_id", instance.resource_group},
          {"resource_id", kOffering},
          {"crn", instance.crn},
          {"state", instance.state},
          {"type", "service_instance"}};
}

/// Those of the caller's account that it may view; the query selects the states.
bool shows(const Call& call, const ResourceInstance& instance) {
  const auto& readable = call.caller.readable;
  return instance.account == call.caller.account &&
         (readable.empty() || std::ranges::find(readable, instance.service) != readable.end());
}

using Params = std::map<std::string, std::string>;

bool is_asked_for(const Params& query, const ResourceInstance& instance) {
  const auto fits = [&query](const std::string& name, const std::string& value) {
    const std::string asked = param(query, name);
    return asked.empty() || asked == value;
  };
  const std::string state = param(query, "state");
  const bool is_live = instance.state != "removed" && instance.state != "pending_reclamation";
  return fits("name", instance.name) && fits("guid", instance.guid) &&
         fits("resource_group_id", instance.resource_group) &&
         (state.empty() ? is_live : state == instance.state);
}

std::size_t number_of(const std::string& text, std::size_t standard) {
  std::size_t number = standard;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failed == std::errc{} && end == text.data() + text.size() ? number : standard;
}

/// A page token is the whole query: "<offset> <the first page's query>", encoded.
HttpResponse list_instances(const World& world, const Call& call) {
  std::string query = call.request.target.substr(
      std::min(call.request.target.size(), call.request.target.find('?')));
  std::size_t first = 0;
  Params params = call.target.query;
  if (const std::string start = param(params, "start"); !start.empty()) {
    first = number_of(start.substr(0, start.find(' ')), 0);
    query = start.substr(std::min(start.size(), start.find(' ')));
    query = std::string(trim(query));
    params = parse_target("/" + query).query;
  }
  std::vector<const ResourceInstance*> found;
  for (const ResourceInstance& instance : world.instances) {
    if (shows(call, instance) && is_asked_for(params, instance)) found.push_back(&instance);
  }
  const std::size_t asked = number_of(param(params, "limit"), kLargestPage);
  if (asked == 0 || asked > kLargestPage) {
    return problem(400, "RC-InvalidLimit", "The limit must be from 1 to 100.");
  }
  Json body{{"rows_count", 0}, {"next_url", nullptr}, {"resources", Json::array()}};
  const std::size_t end = std::min(found.size(), first + asked);
  for (std::size_t i = first; i < end; ++i) body["resources"].push_back(view(*found[i]));
  body["rows_count"] = body["resources"].size();
  const std::size_t next = call.repeat_page ? first : end;
  if (end < found.size() || call.repeat_page) {
    body["next_url"] =
        "/v2/resource_instances?start=" + percent_encoded(std::to_string(next) + " " + query);
  }
  return json_reply(200, body);
}

}  // namespace

Reply serve_instances(World& world, Call& call) {
  if (call.request.method != "GET") {
    return problem(405, "RC-MethodNotAllowed", "This sandbox makes no instances.");
  }
  if (call.target.path.size() == 2) return list_instances(world, call);
  const std::string& id = call.target.path[2];
  const auto found = std::ranges::find_if(world.instances, [&](const ResourceInstance& one) {
    return shows(call, one) && (one.guid == id || one.crn == id);
  });
  if (call.target.path.size() != 3 || found == world.instances.end()) {
    return problem(404, "RC-ServiceInstanceNotFound", "Can not find the instance.");
  }
  return json_reply(200, view(*found));
}

}  // namespace authzd::sandbox
