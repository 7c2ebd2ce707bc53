// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the state and a saved plan keep as JSON. The first byte says what it is read as. What can be
// read is written as something that is read as the same.
#include "daemon/state/state_codec.hpp"
#include "reconciler/report/plan_json.hpp"
#include "tests/fuzz/promises.hpp"

namespace authzd::fuzz {
namespace {

const AccountId kRowAccount{"a1b2c3d4e5f60718293a4b5c6d7e8f90"};

bool is_same(const Outcome& one, const Outcome& other) {
  const bool both = one.stored.has_value() && other.stored.has_value();
  const bool same_stored =
      both ? one.stored->policy == other.stored->policy && one.stored->etag == other.stored->etag
           : one.stored.has_value() == other.stored.has_value();
  return one.kind == other.kind && one.wrote == other.wrote && one.error == other.error &&
         same_stored && one.transaction_id == other.transaction_id;
}

template <class T>
bool is_same(const T& one, const T& other) {
  return one == other;
}

template <class T, class Write, class Read>
void check(const Result<T>& value, Write write, Read read) {
  if (!value) {
    promise(!to_string(value.error()).empty(), "an error says what is wrong");
    return;
  }
  const std::string text = write(*value);
  promise_showable(text, "what is written may be shown");
  const Result<T> again = read(text);
  promise(again.has_value(), "what is written can be read");
  promise(is_same(*again, *value), "what is written is read as the same");
}

Result<Action> read_action(std::string_view text) {
  return action_from_text(text, kRowAccount);
}

}  // namespace

void state_row(std::string_view input) {
  switch (take_byte(input)) {
    case 'a': return check(read_action(input), action_to_text, read_action);
    case 'c': return check(content_from_text(input), content_to_text, content_from_text);
    case 'o': return check(observed_from_text(input), observed_to_text, observed_from_text);
    case 'r': return check(outcome_from_text(input), outcome_to_text, outcome_from_text);
    case 'p': return check(parse_plan_json(input), plan_json, parse_plan_json);
    default: return;
  }
}

}  // namespace authzd::fuzz
