// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/params.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace authzd {
namespace {

constexpr std::string_view kReferenceBegin = "${";
constexpr std::string_view kEscapedBegin = "$${";
constexpr std::string_view kParamBegin = "${params.";
constexpr std::size_t kMaxReference = 40;  // bytes of what is no reference

/// The name in the reference that the text begins with.
std::optional<std::string_view> name_at(std::string_view text) {
  if (!text.starts_with(kParamBegin)) return std::nullopt;
  const std::size_t end = text.find('}', kParamBegin.size());
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(kParamBegin.size(), end - kParamBegin.size());
  return is_param_name(name) ? std::optional(name) : std::nullopt;
}

/// What is shown of "${" and something else.
std::string start_of(std::string_view text) {
  const std::size_t end = text.find('}');
  if (end < kMaxReference) return std::string(text.substr(0, end + 1));
  return std::string(whole_characters(text, std::min(kMaxReference, text.find('\n'))));
}

class Expanding {
 public:
  Expanding(std::string_view text, const AccountTraits* traits, std::size_t room)
      : written_(text), rest_(text), traits_(traits), room_(room) {}

  ExpandedText run() {
    for (std::size_t at = rest_.find('$'); at != std::string_view::npos; at = rest_.find('$')) {
      take(at);
      step();
    }
    take(rest_.size());
    if (out_.is_open) out_.text = written_;
    return std::move(out_);
  }

 private:
  void take(std::size_t bytes) {
    out_.text += rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
  }

  void step() {
    if (rest_.starts_with(kEscapedBegin)) {
      out_.text += kReferenceBegin;
      out_.is_open = traits_ == nullptr;
      rest_.remove_prefix(kEscapedBegin.size());
    } else if (!rest_.starts_with(kReferenceBegin)) {
      take(1);
    } else if (const auto name = name_at(rest_)) {
      const std::string reference(rest_.substr(0, kParamBegin.size() + name->size() + 1));
      replace(reference, *name);
      rest_.remove_prefix(reference.size());
    } else {
      out_.faults.push_back({ParamFault::Kind::no_reference, start_of(rest_)});
      take(kReferenceBegin.size());
    }
  }

  void replace(const std::string& reference, std::string_view name) {
    if (traits_ == nullptr) {
      out_.is_open = true;
      return;
    }
    const auto found = traits_->params.find(name);
    if (found == traits_->params.end()) {
      out_.faults.push_back({ParamFault::Kind::unknown, reference, std::string(name)});
      return;
    }
    out_.growth += found->second.size();
    if (out_.growth > room_) {
      out_.faults.push_back({ParamFault::Kind::too_long, reference, std::string(name)});
      rest_ = rest_.substr(0, reference.size());  // nothing behind it matters
      return;
    }
    out_.text += found->second;
    out_.replaced.emplace_back(name);
  }

  std::string_view written_;
  std::string_view rest_;
  const AccountTraits* traits_;
  std::size_t room_;
  ExpandedText out_;
};

}  // namespace

ExpandedText expand_params(std::string_view text, const AccountTraits* traits, std::size_t room) {
  return Expanding(text, traits, room).run();
}

std::string escape_params(std::string_view text) {
  std::string out;
  for (std::size_t at = text.find(kReferenceBegin); at != std::string_view::npos;
       at = text.find(kReferenceBegin)) {
    out += text.substr(0, at);
    out += kEscapedBegin;
    text.remove_prefix(at + kReferenceBegin.size());
  }
  return out += text;
}

}  // namespace authzd
