// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/asked_party.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/held_policies.hpp"
#include "daemon/cli/reach_words.hpp"
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

/// "is.share" is how the console writes the shares of VPC: a service and a resource type. A CRN
/// names the resource, too.
AskedSide side_of(const ReachParty& party) {
  AskedSide side{to_lower(party.service), party.instance};
  std::string type = party.resource_type;
  const std::size_t dot = side.service.find('.');
  if (side.service.starts_with("is.") && dot + 1 < side.service.size()) {
    type = side.service.substr(dot + 1);
    side.service.resize(dot);
  }
  if (!type.empty()) side.others.add({"resourceType", std::string(kEquals), std::move(type)});
  if (!party.resource.empty()) {
    side.others.add({"resource", std::string(kEquals), party.resource});
  }
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
  if (command.source_account.empty()) return sides;
  const std::string option = "--source-account " + quote(command.source_account);
  if (!is_account_id(command.source_account)) {
    return tl::unexpected(option + " is not an account id: it has 32 hex digits");
  }
  const std::string& of_crn = command.source.account;
  if (!of_crn.empty() && of_crn != to_lower(command.source_account)) {
    return tl::unexpected(option + ": the CRN of --source is of the account " + of_crn);
  }
  return sides;
}

/// A name that is unknown is returned as it is, which is said.
Async<std::string> instance_id(CommandContext context,
                               AccountRuntime& account,  // coroutine-ref: the awaiter's
                               std::string service,
                               std::string given) {
  auto found = co_await id_of_instance(account, service, given);
  if (!found) co_return std::move(found).error();
  if (*found) co_return std::move(**found);
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

/// Words of the question that probably are typing errors. Each is reported once, and no manifest
/// is proposed that has them.
class Doubts {
 public:
  explicit Doubts(const CommandContext& context) : context_(context) {}

  void look_at(const WhyReply& reply, const AskedSides& sides, std::span<const Observed> policies) {
    for (const bool is_source : {true, false}) {
      const std::string& service = (is_source ? sides.source : sides.target).service;
      if (known_services().judge(service).verdict != ServiceNames::Verdict::unknown) continue;
      const bool is_named = std::ranges::any_of(policies, [&](const Observed& policy) {
        const AttributeSet& side = is_source ? policy.content.subject : policy.content.resource;
        return side.equals_value("serviceName") == service;
      });
      const std::string meant = is_named ? std::string() : known_services().nearest(service);
      if (!meant.empty()) tell("IBM publishes no service " + quote(service), meant);
    }
    look_at_role(reply.question.role, sides, reply.names);
  }
  [[nodiscard]] bool has_any() const { return !told_.empty(); }

 private:
  void look_at_role(const std::string& role, const AskedSides& sides, const RoleNames& names) {
    if (role.empty() || is_crn(role)) return;
    std::set<std::string> known;
    for (const auto& [crn, name] : names) {
      if (is_crn(crn)) known.insert(name);
    }
    for (const Role& one : published_roles({sides.source.service, sides.target.service})) {
      known.insert(one.display_name);
    }
    if (known.contains(role)) return;
    const std::vector<std::string_view> words(known.begin(), known.end());
    const auto meant = did_you_mean(role, words);
    if (meant) tell("no role " + quote(role) + " is known for " + sides.target.service, *meant);
  }

  void tell(const std::string& what, const std::string& meant) {
    const std::string line = what + "; did you mean " + meant + "?";
    if (told_.insert(line).second) context_.console.err << "authzd: " << line << '\n';
  }

  const CommandContext& context_;
  std::set<std::string> told_;
};

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
  if (!command.source.account.empty()) source_account = AccountId{command.source.account};
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
                          const AskedSides& sides,    // coroutine-ref: the awaiter's
                          Doubts& doubts) {           // coroutine-ref: the awaiter's
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
  doubts.look_at(reply, sides, holding->observation.policies.all());
  if (reply.result.answer != WhyAnswer::yes && !doubts.has_any()) {
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
  (void)correct_service(context, command.source.service);
  (void)correct_service(context, command.target.service);
  const auto sides = sides_of(command);
  if (!sides) co_return fail_usage(context, sides.error());
  auto accounts = accounts_of(place.accounts, command.target);
  if (!accounts) co_return fail(context, accounts.error());
  place.accounts = *std::move(accounts);
  std::set<ExitCode> codes;
  Doubts doubts(context);
  std::vector<WhyReply> replies;
  std::size_t shown = 0;
  for (const auto& account : place.accounts) {
    auto reply = co_await answer_of(context, place, *account, command, *sides, doubts);
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
