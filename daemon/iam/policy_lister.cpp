// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/policy_lister.hpp"

#include "daemon/iam/policy_codec.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/secret.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace authzd {
namespace {

using std::chrono::milliseconds;

// Rarely enough to cost nothing if IAM never accepts a parameter, and often enough that one
// mistaken refusal does not leave the rails without their data.
constexpr std::chrono::minutes kAskAgain(10);

// As text; in memory it is more. It is enough for some 200,000 policies of the usual size. Pages
// that are as they were do not count.
constexpr std::size_t kMostListBytes = 256U << 20U;

Error too_many_bytes() {
  return {ErrorCode::bad_response,
          "IAM's list of policies has more than " + std::to_string(kMostListBytes >> 20U) +
              " MiB: it may not be IAM that answers"};
}

std::string pages_of(std::size_t limit) {
  return "pages of " + count_of(limit, "policy", "policies");
}

/// Each once, even if two pages show it. `seen`: the ids of those in the list.
void add_unreadable(Listing& listing,
                    std::set<PolicyId>& seen,
                    const std::vector<UnreadablePolicy>& found) {
  for (const UnreadablePolicy& policy : found) {
    if (seen.insert(policy.id).second) listing.unreadable.push_back(policy);
  }
}

}  // namespace

PolicyLister::PolicyLister(std::shared_ptr<Session> session, ListingOptions options)
    : session_(std::move(session)), options_(std::move(options)), limit_(options_.page_size) {}

PolicyLister::Form PolicyLister::usual_form() const {
  const bool asks_for_pages = now() >= ask_for_limit_at_;
  return {asks_for_pages ? limit_ : 0, now() >= ask_for_use_at_};
}

// A list that changes while it is read may show a policy twice, or not at all: whatever a page's
// start means to IAM, an insert or a delete before it may shift the rest by one. Duplicates are
// resolved by id; the later one counts. A missing policy leads to no write:
// - one of ours that the state knows is read by id before anything else; if it exists, the list is
//   read once more (observation.cpp);
// - for an unknown one a create is sent at worst, which IAM refuses with a 409: it knows the policy
//   itself;
// - if it covers another grant, its absence only holds a delete that it would have released.
// A policy that is listed although it was deleted meanwhile is read by id before any write to it.
Async<Listing> PolicyLister::list() {
  Reading reading{usual_form(), now() + options_.patience};
  reading.last = std::move(last_);
  reading.is_same_so_far = reading.last != nullptr;
  const Time begun = now();
  Result<void> done = co_await read_all(reading);
  const bool had_begun = reading.page_count() > 0;
  if (!done && had_begun && done.error().code == ErrorCode::rejected) {
    // A start that IAM no longer accepts: its policy may be gone.
    reading = Reading{reading.form, reading.until};
    done = co_await read_all(reading);
  }
  if (!done) {
    if (reading.is_same_so_far) last_ = std::move(reading.last);
    co_return std::move(done).error().context("listing the policies");
  }
  say_what_is_taken_again(reading.form);
  Listing listing = finish(std::move(reading));
  listing.took = std::chrono::floor<milliseconds>(now() - begun);
  co_return listing;
}

/// If no page has changed, the list has not either.
Listing PolicyLister::finish(Reading reading) {
  Listing listing = std::move(reading.listing);
  listing.pages = reading.page_count();
  listing.has_last_permit = reading.form.with_use;
  if (reading.is_same_so_far) {
    std::set<PolicyId> seen;
    for (std::size_t number = 0; number < reading.same; ++number) {
      add_unreadable(listing, seen, reading.last->unreadable(number));
    }
    listing.policies = reading.last->list();
    last_ = std::move(reading.last);
    return listing;
  }
  reading.last.reset();  // the rest of it, and its room
  listing.policies = reading.pages.take();
  last_ = ListMemory::make(listing.policies, std::move(reading.notes), options_.room);
  return listing;
}

std::size_t PolicyLister::Reading::policy_count() const {
  return is_same_so_far ? last->count_before(same) : pages.size();
}

Async<void> PolicyLister::read_all(Reading& reading) {  // coroutine-ref: the awaiter's
  Result<std::string> next = co_await first_page(reading);
  while (next && !next->empty()) {
    std::string start = *std::move(next);
    next = co_await next_page(reading, std::move(start));
  }
  if (!next) co_return std::move(next).error();
  co_return Result<void>{};
}

/// IAM may refuse any `limit`, or a large one, or the format: what it accepts shows which.
Async<std::string> PolicyLister::first_page(Reading& reading) {  // coroutine-ref: the awaiter's
  const Form asked = reading.form;
  Result<std::string> next = co_await next_page(reading, std::string());
  if (next || next.error().code != ErrorCode::rejected) co_return next;

  const Error why = next.error();
  const std::size_t smaller = std::min(asked.limit, kSmallestPage);
  const Form others[] = {
      {asked.limit, false}, {smaller, asked.with_use}, {0, asked.with_use}, {0, false}};
  std::vector<Form> tried{asked};
  for (const Form& other : others) {
    if (std::ranges::find(tried, other) != tried.end()) continue;
    tried.push_back(other);
    reading.form = other;
    next = co_await next_page(reading, std::string());
    if (next) learn(asked, other, why);
    if (next || next.error().code != ErrorCode::rejected) co_return next;
  }
  co_return why;
}

/// Requests a page, and a smaller one each time it is late. The start of the next one does not
/// depend on the page size; even if it were a page number, a smaller size could only lead back to
/// known policies, never past unknown ones.
Async<std::string> PolicyLister::next_page(Reading& reading,  // coroutine-ref: the awaiter's
                                           std::string start) {
  std::string target = "/v2/policies?account_id=" + percent_encoded(options_.account.value);
  target += "&type=authorization";
  if (reading.form.with_use) target += "&format=include_last_permit";
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(reading.until - now());
    if (left.count() <= 0) co_return took_too_long(reading);
    const std::size_t limit = reading.form.limit;
    ApiCall call{"GET", target};
    if (limit > 0) call.target += "&limit=" + std::to_string(limit);
    if (!start.empty()) call.target += "&start=" + percent_encoded(start);
    call.longest = left;
    call.may_be_silent = limit == 0;
    call.leaves_timeouts = limit > kSmallestPage;
    Result<WireReply> reply = co_await session_->call(call);
    if (reply) co_return co_await take(reading, *reply);
    if (!is_too_slow(reply.error())) co_return std::move(reply).error();
    if (now() >= reading.until) co_return took_too_long(reading);
    if (!call.leaves_timeouts) co_return std::move(reply).error();
    shrink(reading.form);
  }
}

Async<std::string> PolicyLister::take(Reading& reading,          // coroutine-ref: the awaiter's
                                      const WireReply& reply) {  // coroutine-ref: the awaiter's
  Listing& listing = reading.listing;
  listing.server_date = parse_http_date(find_header(reply.response.headers, "Date"));
  listing.date_asked = reply.asked;
  std::string digest = sha256_hex(reply.response.body);
  if (reading.is_same_so_far && reading.last->is_page(reading.same, digest)) {
    co_return reading.last->next_start(reading.same++);
  }
  reading.bytes += reply.response.body.size();
  if (reading.bytes > kMostListBytes) co_return with_reply(too_many_bytes(), reply);
  Result<std::string> next = co_await take_other(reading, std::move(digest), reply.response.body);
  if (!next) co_return with_reply(std::move(next).error(), reply);
  co_return next;
}

/// A page that differs from the last list's. The first one also takes over the pages before it,
/// which did not.
Async<std::string> PolicyLister::take_other(
    Reading& reading,  // coroutine-ref: the awaiter's
    std::string digest,
    std::string_view body) {  // coroutine-ref: the awaiter's
  if (std::exchange(reading.is_same_so_far, false)) {
    for (std::size_t number = 0; number < reading.same; ++number) {
      std::string before = reading.last->digest(number);
      std::optional<PolicyPage> page = reading.last->take(before);
      if (!page) co_return Error{ErrorCode::internal, "a page of the last list is lost"};
      auto added = add(reading, std::move(before), *std::move(page));
      if (!added) co_return added;
    }
  }
  if (reading.last != nullptr) {
    auto known = reading.last->take(digest);
    if (known) co_return add(reading, std::move(digest), *std::move(known));
  }
  PageDecoder decoder(body);
  Result<bool> more = decoder.decode_some();
  while (more && *more) {
    co_await boost::asio::post(boost::asio::use_awaitable);
    more = decoder.decode_some();
  }
  if (!more) co_return std::move(more).error();
  Result<PolicyPage> page = std::move(decoder).finish();
  if (!page) co_return std::move(page).error();
  warn_of(page->unreadable);
  co_return add(reading, std::move(digest), *std::move(page));
}

Result<std::string> PolicyLister::add(Reading& reading, std::string digest, PolicyPage page) {
  add_unreadable(reading.listing, reading.unreadable, page.unreadable);
  if (reading.unreadable.size() > kMostUnreadable) return too_many_unreadable();
  PageNote note{std::move(digest), {}, std::move(page.unreadable), page.next_start};
  note.ids.reserve(page.policies.size());
  for (const Observed& policy : page.policies) note.ids.push_back(policy.id);
  reading.notes.push_back(std::move(note));
  return reading.pages.add(std::move(page));
}

void PolicyLister::shrink(Form& form) {
  const std::size_t was = form.limit;
  form.limit = std::max(kSmallestPage, was / 2);
  limit_ = form.limit;
  session_->log().info("a part of the list of policies did not come in time; it is read in " +
                       pages_of(limit_) + " from now on, instead of " + std::to_string(was));
}

/// Learns what IAM accepts after it refused `asked`.
void PolicyLister::learn(const Form& asked, const Form& taken, const Error& why) {
  const auto say = [&](const std::string& what) {
    session_->log().warning(what, {{"error", to_string(why)}});
  };
  if (asked.with_use && !taken.with_use) {
    ask_for_use_at_ = now() + kAskAgain;
    if (!std::exchange(is_use_refused_, true)) {
      say("IAM does not say when policies were last used: it refused include_last_permit. Their "
          "use is unknown until it answers; it is asked again every 10 minutes");
    }
  }
  if (taken.limit == asked.limit) return;
  if (taken.limit > 0) {
    limit_ = taken.limit;
    say("IAM refused to list the policies in " + pages_of(asked.limit) + "; from now on it is " +
        "asked for " + std::to_string(taken.limit));
    return;
  }
  ask_for_limit_at_ = now() + kAskAgain;
  if (std::exchange(is_limit_refused_, true)) return;
  say("IAM refused to list the policies in pages: they are read in one reply, which has to come "
      "within iam.timeouts.list (" +
      to_string(options_.patience) + "); it is asked again every 10 minutes");
}

void PolicyLister::say_what_is_taken_again(const Form& taken) {
  if (taken.with_use && std::exchange(is_use_refused_, false)) {
    session_->log().info("IAM says again when each policy was last used");
  }
  if (taken.limit > 0 && std::exchange(is_limit_refused_, false)) {
    session_->log().info("IAM lists the policies in pages again");
  }
}

/// Once for each: a list is read every minute.
void PolicyLister::warn_of(const std::vector<UnreadablePolicy>& unreadable) {
  constexpr std::size_t kMostRemembered = 10'000;
  for (const UnreadablePolicy& policy : unreadable) {
    if (warned_of_.size() >= kMostRemembered || !warned_of_.insert(policy.problem).second) continue;
    session_->log().warning("a policy in the list cannot be read",
                            {{"problem", without_secrets(policy.problem)}});
  }
}

Error PolicyLister::took_too_long(const Reading& reading) const {
  std::string message = "the list of policies was not read within " + to_string(options_.patience);
  message +=
      reading.form.limit > 0
          ? ": " + count_of(reading.policy_count(), "policy", "policies") + " had come by then"
          : ": it was asked for without pages";
  return {ErrorCode::timeout, message + "; raise iam.timeouts.list"};
}

}  // namespace authzd
