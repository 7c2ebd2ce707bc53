// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/instance_reader.hpp"

#include "daemon/iam/instance_codec.hpp"
#include "daemon/iam/reply.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"

#include <iterator>
#include <set>
#include <utility>

namespace authzd {
namespace {

constexpr std::chrono::minutes kFoundLife(10);
constexpr std::chrono::minutes kNoneLife(1);
constexpr std::size_t kMostKept = 1'000;        // names
constexpr std::size_t kPageSize = 100;          // IBM's own default
constexpr std::size_t kMostPages = 200;         // per look-up
constexpr std::size_t kMostInstances = 20'000;  // the same
// A page with all its attempts, and a whole look-up: the rest is looked up in the next cycle.
constexpr std::chrono::seconds kPatience(30);
constexpr std::chrono::seconds kPatienceForAll(60);

Error endless(const std::string& why) {
  return {ErrorCode::bad_response, "the list of instances " + why};
}

Error too_slow(std::size_t pages) {
  return {ErrorCode::timeout,
          "the list of instances did not end within " +
              std::to_string(kPatienceForAll / std::chrono::seconds(1)) +
              " s: " + count_of(pages, "page", "pages") + " so far"};
}

}  // namespace

Async<std::vector<Instance>> InstanceReader::find(std::string name) {
  const auto now = session_->clock().ticks();
  const auto kept = found_.find(name);
  if (kept != found_.end() && now < kept->second.until) co_return kept->second.instances;
  found_.erase(name);
  auto read_now = co_await read(name);
  if (!read_now) co_return std::move(read_now).error();
  if (found_.size() >= kMostKept) found_.clear();
  const std::chrono::minutes life = read_now->empty() ? kNoneLife : kFoundLife;
  found_.insert_or_assign(std::move(name), Found{*read_now, now + life});
  co_return read_now;
}

Async<std::vector<Instance>> InstanceReader::read(std::string name) {
  const std::string path = "/v2/resource_instances?";
  std::string query = "limit=" + std::to_string(kPageSize);
  if (!name.empty()) query += "&name=" + percent_encoded(name);
  std::vector<Instance> all;
  std::set<std::string> seen;
  const auto until = session_->clock().ticks() + kPatienceForAll;
  while (!query.empty()) {
    if (session_->clock().ticks() >= until) co_return too_slow(seen.size());
    if (!seen.insert(query).second) co_return endless("leads to the same page again");
    if (seen.size() > kMostPages || all.size() > kMostInstances) {
      co_return endless("has no end: " + count_of(all.size(), "instance", "instances") + " in " +
                        count_of(seen.size() - 1, "page", "pages") + " so far");
    }
    ApiCall call{"GET", path + query, Purpose::instances};
    call.longest = kPatience;
    Result<WireReply> reply = co_await session_->call(std::move(call));
    if (!reply) co_return std::move(reply).error();
    Result<InstancePage> page = decode_instances(reply->response.body);
    if (!page) co_return with_reply(std::move(page).error(), *reply);
    // Whether the server compares whole names is not documented.
    std::erase_if(page->instances,
                  [&name](const Instance& one) { return !name.empty() && one.name != name; });
    all.insert(all.end(),
               std::make_move_iterator(page->instances.begin()),
               std::make_move_iterator(page->instances.end()));
    query = std::move(page->next);
  }
  co_return all;
}

}  // namespace authzd
