// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/plan_json.hpp"

#include "reconciler/plan/canonical.hpp"
#include "reconciler/report/action_json.hpp"
#include "reconciler/report/json_values.hpp"
#include "reconciler/report/wording.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

using report::Json;

Json note_json(const Note& note) {
  Json json;
  json["kind"] = to_string(note.kind);
  json["reason"] = to_string(note.reason);
  json["message"] = note.message;
  json["name"] = note.name;
  json["position"] = report::position_json(note.position);
  json["policyId"] = report::optional_text(note.id.value);
  json["policy"] = report::content_json(note.policy);
  json["wanted"] = report::content_json(note.wanted);
  json["createdBy"] = report::author_json(note.author);
  json["mayBeOurs"] = note.may_be_ours;
  json["dropped"] = Json::array();
  for (const Action& action : note.dropped) json["dropped"].push_back(report::action_json(action));
  return json;
}

Json end_json(const GrantEnd& end) {
  Json json;
  json["name"] = end.name;
  json["position"] = report::position_json(end.position);
  json["subject"] = report::attributes_json(end.subject);
  json["resource"] = report::attributes_json(end.resource);
  json["before"] = report::time_json(end.before);
  json["after"] = report::time_json(end.after);
  json["changes"] = is_change(end);
  json["risk"] = to_string(risk_of(end));
  json["message"] = end_text(end);
  return json;
}

void add_drift(Json& list, const Action& action) {
  if (!action.drift) return;
  Json json = report::drift_json(*action.drift);
  json["policyId"] = report::optional_text(action.id.value);
  json["name"] = action.name;
  json["verb"] = to_string(action.verb);
  list.push_back(std::move(json));
}

/// Drift is reported even if the mode does not allow its repair.
Json drifted(const Plan& plan) {
  Json list = Json::array();
  for (const Action& action : plan.actions) add_drift(list, action);
  for (const Note& note : plan.notes) {
    for (const Action& action : note.dropped) add_drift(list, action);
  }
  return list;
}

Json counts_json(const Plan& plan) {
  const PlanCounts counts = count(plan);
  return {{"create", counts.creates},
          {"update", counts.updates},
          {"delete", counts.removes},
          {"held", counts.held},
          {"conflicts", counts.conflicts},
          {"unmanaged", counts.unmanaged},
          {"foreign", counts.foreign},
          {"inSync", counts.in_sync},
          {"kept", counts.kept},
          {"adoptableIdentical", counts.identical},
          {"adoptableAlways", counts.differing},
          {"mayBeOurs", counts.may_be_ours},
          {"dropped", counts.dropped},
          {"stalled", counts.stalled},
          {"unknownUse", counts.unknown_use},
          {"ends", counts.ends},
          {"ours", plan.ours}};
}

Json instances_json(const KnownInstances& instances) {
  Json list = Json::array();
  for (const auto& [instance, known] : instances) {
    list.push_back({{"service", instance.service},
                    {"name", instance.name},
                    {"resourceGroup", report::optional_text(instance.resource_group)},
                    {"region", report::optional_text(instance.region)},
                    {"id", known.id},
                    {"before", report::optional_text(known.before)}});
  }
  return list;
}

/// With null in the place of actions and notes, which may be many.
Json frame_of(const PlanDocument& document) {
  const Plan& plan = document.plan;
  const PlanCounts counts = count(plan);
  Json json;
  json["formatVersion"] = kPlanFormatVersion;
  json["account"] = {{"id", plan.account.value}, {"name", document.account_name}};
  json["revision"] = document.revision;
  json["hash"] = plan.hash;
  json["nothingToDo"] = is_quiet(plan);
  json["applyable"] = counts.creates + counts.updates + counts.removes > 0;
  json["held"] = counts.held > 0;
  json["approveAll"] = report::optional_text(hash_all_holds(plan));
  json["conflicting"] = counts.conflicts > 0;
  json["counts"] = counts_json(plan);
  json["actions"] = Json();
  json["drift"] = drifted(plan);
  json["notes"] = Json();
  json["ends"] = Json::array();
  for (const GrantEnd& end : plan.ends) json["ends"].push_back(end_json(end));
  json["instances"] = instances_json(document.instances);
  json["assertions"] = Json::array();
  for (const AssertionResult& result : plan.assertions) {
    json["assertions"].push_back(report::assertion_json(result));
  }
  json["lostAssertions"] = Json::array();
  for (const AssertionChange& change : plan.lost_assertions) {
    json["lostAssertions"].push_back(report::assertion_change_json(change));
  }
  return json;
}

}  // namespace

PlanJsonWriter::PlanJsonWriter(Shape shape) : shape_(shape) {
  if (shape_ == Shape::one) return;
  out_ = "{\n  \"formatVersion\": " + std::to_string(kPlanFormatVersion) + ",\n  \"accounts\": [";
}

void PlanJsonWriter::begin(const PlanDocument& document) {
  document_ = &document;
  part_ = Part::head;
  if (shape_ == Shape::list) out_ += out_.ends_with('[') ? "\n    " : ",\n    ";
}

bool PlanJsonWriter::step() {
  switch (part_) {
    case Part::head: write_head(); break;
    case Part::actions:
      list(document_->plan.actions, Part::middle, [](const Action& action) {
        return report::action_json(action);
      });
      break;
    case Part::middle:
      add(middle_);
      part_ = Part::notes;
      break;
    case Part::notes: list(document_->plan.notes, Part::tail, note_json); break;
    case Part::tail:
      add(tail_);
      part_ = Part::done;
      break;
    case Part::done: break;
  }
  return part_ != Part::done;
}

std::string PlanJsonWriter::take() && {
  if (shape_ == Shape::list) out_ += out_.ends_with('[') ? "]\n}" : "\n  ]\n}";
  return std::move(out_) + "\n";
}

/// A quotation mark in a text is escaped, so that the first match is the member.
void PlanJsonWriter::write_head() {
  constexpr std::string_view kActions = "\"actions\": ";
  constexpr std::string_view kNotes = "\"notes\": ";
  constexpr std::string_view kNull = "null";
  const std::string frame = report::dump(frame_of(*document_), 2);
  const std::size_t actions = frame.find(kActions) + kActions.size();
  const std::size_t notes = frame.find(kNotes, actions) + kNotes.size();
  add(std::string_view(frame).substr(0, actions));
  middle_ = frame.substr(actions + kNull.size(), notes - actions - kNull.size());
  tail_ = frame.substr(notes + kNull.size());
  part_ = Part::actions;
}

template <class Item, class ToJson>
void PlanJsonWriter::list(const std::vector<Item>& items, Part next, const ToJson& to_json) {
  constexpr std::size_t kInStep = 100;
  if (next_ == 0) add("[");
  const std::size_t end = std::min(items.size(), next_ + kInStep);
  for (; next_ < end; ++next_) {
    // In a list of one, the item has the depth that it has in the plan.
    const std::string text = report::dump(Json::array({Json::array({to_json(items[next_])})}), 2);
    constexpr std::string_view kBefore = "[\n  [\n";
    constexpr std::string_view kAfter = "\n  ]\n]";
    add(next_ == 0 ? "\n" : ",\n");
    add(std::string_view(text).substr(kBefore.size(),
                                      text.size() - kBefore.size() - kAfter.size()));
  }
  if (next_ < items.size()) return;
  add(items.empty() ? "]" : "\n  ]");
  next_ = 0;
  part_ = next;
}

/// In a list, a plan is indented by as much as its place.
void PlanJsonWriter::add(std::string_view text) {
  if (shape_ == Shape::one) {
    out_ += text;
    return;
  }
  for (const char c : text) {
    out_ += c;
    if (c == '\n') out_ += "    ";
  }
}

std::string plan_json(const PlanDocument& document) {
  PlanJsonWriter writer(PlanJsonWriter::Shape::one);
  writer.begin(document);
  while (writer.step()) {
  }
  return std::move(writer).take();
}

std::string plans_json(std::span<const PlanDocument> documents) {
  PlanJsonWriter writer(PlanJsonWriter::Shape::list);
  for (const PlanDocument& document : documents) {
    writer.begin(document);
    while (writer.step()) {
    }
  }
  return std::move(writer).take();
}

namespace {

// The readers below throw nlohmann's exceptions; parse_plan_json catches them.

Note read_note(const Json& json, const AccountId& account) {
  Note note;
  note.kind = report::read_word(json.at("kind"), NoteKind::unmanaged);
  note.reason = report::read_word(json.at("reason"), kLastNoteReason);
  note.message = json.at("message");
  note.name = json.at("name");
  note.position = report::read_position(json.at("position"));
  note.id = report::read_id(json.at("policyId"));
  note.policy = report::read_content(json.at("policy"));
  note.wanted = report::read_content(json.value("wanted", Json(nullptr)));
  note.author = report::read_author(json.value("createdBy", Json(nullptr)));
  note.may_be_ours = json.value("mayBeOurs", false);
  for (const Json& action : json.at("dropped")) {
    note.dropped.push_back(report::read_action(action, account));
  }
  return note;
}

GrantEnd read_end(const Json& json, const AccountId& account) {
  GrantEnd end;
  end.name = json.at("name");
  end.position = report::read_position(json.at("position"));
  end.subject = report::read_attributes(json.at("subject"));
  end.resource = report::read_attributes(json.at("resource"));
  end.key = Key(account, end.subject, end.resource);
  end.before = report::read_time(json.at("before"));
  end.after = report::read_time(json.at("after"));
  return end;
}

std::string text_or_none(const Json& json, const char* name) {
  const Json& text = json.at(name);
  return text.is_null() ? std::string() : text.get<std::string>();
}

InstanceName read_instance_name(const Json& json) {
  return {json.at("service"),
          json.at("name"),
          text_or_none(json, "resourceGroup"),
          text_or_none(json, "region")};
}

PlanDocument read_document(const Json& json) {
  PlanDocument document;
  Plan& plan = document.plan;
  plan.account = AccountId{json.at("account").at("id").get<std::string>()};
  document.account_name = json.at("account").at("name");
  document.revision = json.at("revision");
  plan.hash = json.at("hash");
  plan.ours = report::read_number<std::size_t>(json.at("counts").at("ours"));
  plan.in_sync = report::read_number<std::size_t>(json.at("counts").at("inSync"));
  for (const Json& action : json.at("actions")) {
    plan.actions.push_back(report::read_action(action, plan.account));
  }
  for (const Json& note : json.at("notes")) {
    plan.notes.push_back(read_note(note, plan.account));
  }
  for (const Json& end : json.at("ends")) plan.ends.push_back(read_end(end, plan.account));
  // Earlier versions did not write it.
  for (const Json& one : json.value("instances", Json::array())) {
    document.instances.insert_or_assign(read_instance_name(one),
                                        KnownInstance{one.at("id"), text_or_none(one, "before")});
  }
  for (const Json& result : json.value("assertions", Json::array())) {
    plan.assertions.push_back(report::read_assertion(result));
  }
  for (const Json& change : json.value("lostAssertions", Json::array())) {
    plan.lost_assertions.push_back(report::read_assertion_change(change));
  }
  return document;
}

}  // namespace

Result<PlanDocument> parse_plan_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("formatVersion") != kPlanFormatVersion) {
      return Error{ErrorCode::bad_response, "the plan is of a format version not known here"};
    }
    return read_document(json);
  } catch (const Json::exception& problem) {
    return Error{ErrorCode::bad_response, std::string{"not a plan: "} + problem.what()};
  }
}

}  // namespace authzd
