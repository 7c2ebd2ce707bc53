// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/packed_grants.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace authzd {
namespace {

// Each grant is written as its difference from the one before it, field by field: a bit that tells
// whether the field is the same, and the field if it is not. `Packer` and `Unpacker` have the same
// functions, so that one description of a grant (`pass`) both writes and reads it. The bytes never
// leave the process.

class Packer {
 public:
  explicit Packer(std::string& bytes) : bytes_(bytes) {}

  static constexpr bool kReads = false;

  void pass(std::uint64_t number) {
    constexpr std::uint64_t kMore = 0x80;
    for (; number >= kMore; number >>= 7U) bytes_ += static_cast<char>(number | kMore);
    bytes_ += static_cast<char>(number);
  }

  void pass(const std::string& text) {
    pass(std::uint64_t{text.size()});
    bytes_ += text;
  }

 private:
  std::string& bytes_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}

  static constexpr bool kReads = true;

  void pass(std::uint64_t& number) {
    number = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      number |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if (byte < 0x80U) return;
    }
  }

  void pass(std::string& text) {
    std::uint64_t size = 0;
    pass(size);
    text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
  }

 private:
  std::string_view bytes_;
};

// What is read or written, by type. `T` is const where it is written.
template <class Stream, class T>
void pass_field(Stream& stream, T& value, const std::remove_const_t<T>& before);

template <class Stream, class Number>
void pass_number(Stream& stream, Number& value) {
  auto number = static_cast<std::uint64_t>(value);
  stream.pass(number);
  if constexpr (Stream::kReads) value = static_cast<Number>(number);
}

template <class Stream, class T>
void pass_content(Stream& stream, T& value, const std::string& /*before*/) {
  stream.pass(value);
}

template <class Stream, class T>
void pass_content(Stream& stream, T& value, const int& /*before*/) {
  pass_number(stream, value);
}

template <class Stream, class T>
void pass_content(Stream& stream, T& value, const Timestamp& /*before*/) {
  auto ticks = value.time_since_epoch().count();
  pass_number(stream, ticks);
  if constexpr (Stream::kReads) value = Timestamp(Timestamp::duration(ticks));
}

template <class Stream, class T, class Item>
void pass_content(Stream& stream, T& list, const std::vector<Item>& before) {
  std::size_t size = list.size();
  pass_number(stream, size);
  if constexpr (Stream::kReads) list.resize(size);
  static const Item kNone{};
  for (std::size_t i = 0; i < size; ++i) {
    pass_field(stream, list[i], i < before.size() ? before[i] : kNone);
  }
}

template <class Stream, class T>
void pass_content(Stream& stream, T& map, const std::map<std::string, std::string>& /*before*/) {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  Pairs pairs;
  if constexpr (!Stream::kReads) pairs.assign(map.begin(), map.end());
  std::size_t size = pairs.size();
  pass_number(stream, size);
  pairs.resize(size);
  for (auto& [key, value] : pairs) {
    stream.pass(key);
    stream.pass(value);
  }
  if constexpr (Stream::kReads) map = {pairs.begin(), pairs.end()};
}

template <class Stream, class T>
void pass_content(Stream& stream, T& value, const AttributeValue& before) {
  std::size_t kind = value.index();
  pass_number(stream, kind);
  const auto pass_as = [&]<class Kind>(const Kind& otherwise) {
    if constexpr (Stream::kReads) value = Kind{};
    const auto* const was = std::get_if<Kind>(&before);
    if constexpr (std::is_same_v<Kind, bool>) {
      pass_number(stream, std::get<Kind>(value));
    } else {
      pass_content(stream, std::get<Kind>(value), was == nullptr ? otherwise : *was);
    }
  };
  if (kind == 0) return pass_as(std::string());
  if (kind == 1) return pass_as(false);
  pass_as(std::vector<std::string>());
}

template <class Stream, class T>
void pass_content(Stream& stream, T& attribute, const Attribute& before) {
  pass_field(stream, attribute.name, before.name);
  pass_field(stream, attribute.op, before.op);
  pass_field(stream, attribute.value, before.value);
}

template <class Stream, class T>
void pass_content(Stream& stream, T& side, const AttributeSet& before) {
  std::vector<Attribute> items;
  if constexpr (!Stream::kReads) items = side.copy_items();
  pass_content(stream, items, before.copy_items());
  if constexpr (Stream::kReads) side = AttributeSet(std::move(items));
}

template <class Stream, class T>
void pass_content(Stream& stream, T& instance, const InstanceName& before) {
  pass_field(stream, instance.service, before.service);
  pass_field(stream, instance.name, before.name);
  pass_field(stream, instance.resource_group, before.resource_group);
  pass_field(stream, instance.region, before.region);
}

template <class Stream, class T, class Value>
void pass_content(Stream& stream, T& optional, const std::optional<Value>& before) {
  bool has_value = optional.has_value();
  pass_number(stream, has_value);
  if (!has_value) return;
  if constexpr (Stream::kReads) optional.emplace();
  pass_field(stream, *optional, before.value_or(Value{}));
}

template <class Stream, class T>
void pass_field(Stream& stream, T& value, const std::remove_const_t<T>& before) {
  bool is_same = false;
  if constexpr (!Stream::kReads) is_same = value == before;
  pass_number(stream, is_same);
  if (!is_same) return pass_content(stream, value, before);
  if constexpr (Stream::kReads) value = before;
}

/// All of a grant. Its key is that of its sides, but for a grant by an instance name.
template <class Stream, class G>
void pass_grant(Stream& stream, G& grant, const Grant& before, const AccountId& account) {
  pass_field(stream, grant.subject, before.subject);
  pass_field(stream, grant.resource, before.resource);
  const Key of_sides(account, grant.subject, grant.resource);
  bool is_of_sides = false;
  std::string key;
  if constexpr (!Stream::kReads) is_of_sides = grant.key == of_sides;
  if constexpr (!Stream::kReads) key = grant.key.text();
  pass_number(stream, is_of_sides);
  if (!is_of_sides) stream.pass(key);
  if constexpr (Stream::kReads) grant.key = is_of_sides ? of_sides : Key::from_text(key);

  pass_field(stream, grant.name, before.name);
  pass_field(stream, grant.position.file, before.position.file);
  pass_field(stream, grant.position.line, before.position.line);
  pass_field(stream, grant.position.column, before.position.column);
  pass_field(stream, grant.roles, before.roles);
  pass_field(stream, grant.description, before.description);
  pass_field(stream, grant.labels, before.labels);
  pass_field(stream, grant.annotations, before.annotations);
  pass_number(stream, grant.is_protected);
  pass_number(stream, grant.suspend);
  pass_number(stream, grant.release);
  pass_field(stream, grant.expires_at, before.expires_at);
  pass_field(stream, grant.rationale.owner, before.rationale.owner);
  pass_field(stream, grant.rationale.reason, before.rationale.reason);
  pass_field(stream, grant.rationale.ticket, before.rationale.ticket);
  pass_field(stream, grant.rationale.review_by, before.rationale.review_by);
  pass_field(stream, grant.source_instance, before.source_instance);
  pass_field(stream, grant.target_instance, before.target_instance);
}

}  // namespace

PackedGrants::PackedGrants(const AccountId& account, std::span<const Grant> grants)
    : account_(account), size_(grants.size()) {
  Packer packer(bytes_);
  const Grant none;
  const Grant* before = &none;
  for (const Grant& grant : grants) {
    pass_grant(packer, grant, *before, account_);
    before = &grant;
  }
  bytes_.shrink_to_fit();
}

std::vector<Grant> PackedGrants::unpack() const {
  std::vector<Grant> grants(size_);
  Unpacker unpacker(bytes_);
  const Grant none;
  const Grant* before = &none;
  for (Grant& grant : grants) {
    pass_grant(unpacker, grant, *before, account_);
    before = &grant;
  }
  return grants;
}

}  // namespace authzd
