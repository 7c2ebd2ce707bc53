// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"
#include "daemon/cli/held_policies.hpp"
#include "daemon/iam/documented_roles.hpp"
#include "daemon/iam/service_catalogue.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/model/value_forms.hpp"
#include "reconciler/report/why_writers.hpp"

#include <algorithm>
#include <array>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

constexpr std::string_view kEquals = kStringEquals;
/// Policies that one answer of a daemon may show, over all accounts.
constexpr std::size_t kMostShown = 5'000;

/// A side as far as every account has the same.
struct AskedSide {
  std::string service;
  std::string instance = {};  // an id or a name
  AttributeSet others = {};
};

/// Of manifests, beside IAM's own.
struct Shorthand {
  std::string_view word;
  std::string_view attribute;
};
constexpr std::array kShorthands{Shorthand{"resourceGroup", "resourceGroupId"},
                                 Shorthand{"instance", "serviceInstance"}};

std::string attribute_of(std::string_view word) {
  const auto found = std::ranges::find(kShorthands, word, &Shorthand::word);
  return std::string(found == kShorthands.end() ? word : found->attribute);
}

/// "is.share" is how the console writes the shares of VPC: a service and a resource type.
AskedSide side_of(const ReachParty& party) {
  AskedSide side{to_lower(party.service), party.instance};
  const std::size_t dot = side.service.find('.');
  if (!side.service.starts_with("is.") || dot + 1 == side.service.size()) return side;
  side.others.add({"resourceType", std::string(kEquals), side.service.substr(dot + 1)});
  side.service.resize(dot);
  return side;
}

struct AskedSides {
  AskedSide source;
  AskedSide target;
};

/// Adds "source.region=eu-de". What is wrong with it; empty: nothing.
std::string add_known(AskedSides& sides, std::string_view text) {
  const std::size_t dot = text.find('.');
  const std::size_t equals = text.find('=');
  const std::string_view of = text.substr(0, dot);
  const bool is_source = of == "source";
  if (equals == std::string_view::npos || dot > equals || (!is_source && of != "target")) {
    return "--with " + quote(text) +
           " is not of the form source.ATTRIBUTE=VALUE or target.ATTRIBUTE=VALUE";
  }
  Attribute known{attribute_of(text.substr(dot + 1, equals - dot - 1)),
                  std::string(kEquals),
                  std::string(text.substr(equals + 1))};
  const auto& value = std::get<std::string>(known.value);
  const bool has_option = known.name == "serviceName" || known.name == "accountId";
  if (has_option)
    return "--with " + quote(text) + ": --source, --target and --source-account name it";
  if (!is_attribute_value(known.name) || !is_attribute_value(value)) {
    return "--with " + quote(text) + " has a name or a value that IAM does not take";
  }
  if (value.find_first_of("*?") != std::string::npos) {
    return "--with " + quote(text) + " names one value, without '*' and '?'";
  }
  AskedSide& side = is_source ? sides.source : sides.target;
  const bool is_twice = side.others.find(known.name) != nullptr ||
                        (known.name == kServiceInstance && !side.instance.empty());
  if (is_twice) return "--with " + quote(text) + ": this attribute is named already";
  side.others.add(std::move(known));
  return {};
}

tl::expected<AskedSides, std::string> sides_of(const WhyCommand& command) {
  AskedSides sides{side_of(command.source), side_of(command.target)};
  for (const std::string& text : command.with) {
    if (std::string why = add_known(sides, text); !why.empty()) return tl::unexpected(why);
  }
  if (!command.source_account.empty() && !is_account_id(command.source_account)) {
    return tl::unexpected("--source-account " + quote(command.source_account) +
                          " is not an account id: it has 32 hex digits");
  }
  return sides;
}

/// The id of an instance that is given by its name. An id is returned as it is, and so is a name
/// that is unknown, which is said.
Async<std::string> instance_id(CommandContext context,
                               AccountRuntime& account,  // coroutine-ref: the awaiter's
                               std::string service,
                               std::string given) {
  if (given.empty() || is_usual_instance_id(given)) co_return given;
  const auto known = account.state().instances.known();
  if (!known) co_return known.error();
  for (const auto& [instance, ids] : *known) {
    if (instance.service == service && instance.name == given) co_return ids.id;
  }
  std::string asked = given;
  auto listed = co_await account.reader().instances(std::move(asked));
  if (listed) {
    std::erase_if(
        *listed, [&service](const Instance& one) { return one.service != service || one.is_gone; });
    if (listed->size() == 1) co_return listed->front().id;
    if (listed->size() > 1) {
      co_return Error{ErrorCode::rejected,
                      count_of(listed->size(), "instance", "instances") + " of " +
                          printable(service) + " are called " + quote(given) + ": give the id"};
    }
  }
  context.console.err << "authzd: " << printable(account.spec().name) << ": no instance of "
                      << printable(service) << " is known by the name " << quote(given)
                      << "; it is taken as an id\n";
  co_return given;
}

AttributeSet attributes_of(const AskedSide& side,
                           const AccountId& account,
                           const std::string& instance) {
  AttributeSet attributes = side.others;
  attributes.add({"accountId", std::string(kEquals), account.value});
  attributes.add({"serviceName", std::string(kEquals), side.service});
  if (!instance.empty()) {
    attributes.add({std::string(kServiceInstance), std::string(kEquals), instance});
  }
  return attributes;
}

/// The role as it is written by IBM for this target, where only the case differs.
std::string spelling_of(const WhyCommand& command,
                        const AskedSides& sides,
                        const RoleNames& names) {
  RoleNames known = names;
  for (const Role& role : published_roles({sides.source.service, sides.target.service})) {
    known.emplace(role.crn, role.display_name);
  }
  return command.role.empty() ? std::string() : known_spelling(command.role, known);
}

/// The roles of a manifest, where the question names none: those that IBM documents for the pair.
std::vector<std::string> proposed_roles(const WhyQuestion& question, const AskedSides& sides) {
  if (!question.role.empty()) return {question.role};
  auto documented = documented_roles(sides.source.service, sides.target.service);
  if (!documented.empty()) return documented;
  return {"Reader"};
}

Async<WhyQuestion> question_for(CommandContext context,
                                AccountRuntime& account,    // coroutine-ref: the awaiter's
                                const WhyCommand& command,  // coroutine-ref: the awaiter's
                                const AskedSides& sides) {  // coroutine-ref: the awaiter's
  const AccountId home = account.spec().id;
  AccountId source_account = home;
  if (!command.source_account.empty()) source_account = AccountId{to_lower(command.source_account)};
  std::string source_instance = sides.source.instance;
  if (source_account == home) {
    auto found =
        co_await instance_id(context, account, sides.source.service, sides.source.instance);
    if (!found) co_return std::move(found).error();
    source_instance = std::move(*found);
  }
  auto target_instance =
      co_await instance_id(context, account, sides.target.service, sides.target.instance);
  if (!target_instance) co_return std::move(target_instance).error();
  co_return WhyQuestion{attributes_of(sides.source, source_account, source_instance),
                        attributes_of(sides.target, home, *target_instance)};
}

/// Errors: those of the account.
Async<WhyReply> answer_of(CommandContext context,
                          const Workplace& place,     // coroutine-ref: the awaiter's
                          AccountRuntime& account,    // coroutine-ref: the awaiter's
                          const WhyCommand& command,  // coroutine-ref: the awaiter's
                          const AskedSides& sides) {  // coroutine-ref: the awaiter's
  auto holding = co_await read_holding(account);
  if (!holding) co_return std::move(holding).error();
  tell_of_unreadable(context, account.spec(), *holding);
  auto question = co_await question_for(context, account, command, sides);
  if (!question) co_return std::move(question).error();
  auto good = co_await manifests_in_force(context, place, account);
  if (!good) co_return std::move(good).error();
  const auto whose = owners_in(account, *holding);
  if (!whose) co_return whose.error();
  WhyReply reply;
  reply.names = std::move(holding->role_names);
  reply.question = std::move(*question);
  reply.question.role = spelling_of(command, sides, reply.names);
  const WhyAccount asked{account.spec().id,
                         account.spec().name,
                         holding->observation.policies.all(),
                         &reply.names,
                         &*whose,
                         *good ? &(*good)->desired : nullptr};
  reply.result = why(reply.question, asked);
  // One of these may be the very policy that permits it.
  const bool is_all_read = holding->observation.unreadable.empty();
  if (!is_all_read) reply.result.answer = std::max(reply.result.answer, WhyAnswer::cannot_tell);
  if (reply.result.answer != WhyAnswer::yes) {
    reply.proposed = proposed_roles(reply.question, sides);
    reply.missing = missing_for(reply.question, reply.proposed, asked, &known_services());
  }
  co_return reply;
}

std::size_t shown_in(const WhyReply& reply) {
  const WhyResult& result = reply.result;
  return result.policies.size() + result.near.size() + result.may_delegate.size();
}

std::string rendered(std::span<const WhyReply> replies, WhyForm form) {
  switch (form) {
    case WhyForm::json: return why_json(replies);
    case WhyForm::yaml: return why_yaml(replies);
    case WhyForm::manifest: return why_manifests(replies);
    case WhyForm::text: break;
  }
  return why_text(replies);
}

/// Where standard output has manifests alone, this says what keeps one from being there.
void tell_of_advice(const CommandContext& context, std::span<const WhyReply> replies) {
  for (const WhyReply& reply : replies) {
    if (reply.missing.advice.empty()) continue;
    context.console.err << "authzd: " << printable(reply.result.name) << ": "
                        << reply.missing.advice << '\n';
  }
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, WhyCommand command) {
  const auto sides = sides_of(command);
  if (!sides) co_return fail_usage(context, sides.error());
  std::set<ExitCode> codes;
  std::vector<WhyReply> replies;
  std::size_t shown = 0;
  for (const auto& account : place.accounts) {
    auto reply = co_await answer_of(context, place, *account, command, *sides);
    if (!reply) {
      codes.insert(fail(context, account->spec(), reply.error()));
      continue;
    }
    shown += shown_in(*reply);
    if (place.daemon != nullptr && shown > kMostShown) {
      co_return fail(context,
                     Error{ErrorCode::rejected,
                           "more than " + std::to_string(kMostShown) +
                               " policies are too many for one answer of the daemon: name the "
                               "instance, --role or --account, or add --local"});
    }
    const bool is_yes = reply->result.answer == WhyAnswer::yes;
    if (command.detailed_exitcode && !is_yes) codes.insert(ExitCode::changes);
    replies.push_back(std::move(*reply));
  }
  if (replies.empty() && !place.accounts.empty()) co_return worst(codes);
  if (command.output == WhyForm::manifest) tell_of_advice(context, replies);
  context.console.out << rendered(replies, command.output);
  co_return worst(codes);
}

}  // namespace authzd
