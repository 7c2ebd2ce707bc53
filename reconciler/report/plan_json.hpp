// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan for programs: versioned, in a fixed order, without anything that changes from run to run.
// parse_plan_json(plan_json(x)) is x.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/plan/plan.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Raised when a member changes its meaning or is removed, not when one is added.
inline constexpr int kPlanFormatVersion = 1;

struct PlanDocument {
  Plan plan;
  std::string account_name;       // from the configuration; may be empty
  std::string revision;           // of the manifests; may be empty
  KnownInstances instances = {};  // given by name in the manifests

  bool operator==(const PlanDocument&) const = default;
};

/// Writes plans in steps of some actions or notes, for a caller with other work to do.
class PlanJsonWriter {
 public:
  enum class Shape {
    one,   // the object of one plan
    list,  // {"formatVersion": 1, "accounts": […]}: one such object for each account
  };
  explicit PlanJsonWriter(Shape shape);

  /// Of a new plan, once the one before is complete. `document` must outlive its steps.
  void begin(const PlanDocument& document);

  /// False: the plan is complete.
  bool step();

  /// Indented, with a final newline.
  [[nodiscard]] std::string take() &&;

 private:
  enum class Part { head, actions, middle, notes, tail, done };
  template <class Item, class ToJson>
  void list(const std::vector<Item>& items, Part next, const ToJson& to_json);
  void write_head();
  void add(std::string_view text);

  Shape shape_;
  std::string out_;
  const PlanDocument* document_ = nullptr;
  std::string middle_ = {};  // of the plan: what follows its actions, and its notes
  std::string tail_ = {};
  Part part_ = Part::done;
  std::size_t next_ = 0;  // of the list
};

/// One JSON object, indented, with a final newline.
std::string plan_json(const PlanDocument& document);

/// {"formatVersion": 1, "accounts": […]}: one such object for each account.
std::string plans_json(std::span<const PlanDocument> documents);

/// Errors: bad_response for other text, or another version.
Result<PlanDocument> parse_plan_json(std::string_view text);

}  // namespace authzd
