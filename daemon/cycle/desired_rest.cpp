// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How the good revision is kept: between two cycles, and over a reload.
#include "daemon/cycle/desired_loader.hpp"

#include <utility>

namespace authzd {

void DesiredLoader::rest() {
  if (good_ == nullptr || place_ != nullptr || room_ == nullptr) return;
  const std::size_t grants = good_->desired.grants.size();
  if (room_->take(grants)) {
    const auto give_back = [room = room_, grants](void*) { room->give_back(grants); };
    place_ = std::shared_ptr<void>(room_.get(), give_back);  // not null: it tells that it is taken
    return;
  }
  if (good_.use_count() > 1) return;
  if (packed_ == nullptr) {
    Packed packed{*good_, PackedGrants(good_->desired.account, good_->desired.grants)};
    packed.revision.desired.grants = {};
    packed_ = std::make_shared<const Packed>(std::move(packed));
  }
  good_.reset();
}

SharedRevision DesiredLoader::unpacked(const Packed& packed) {
  GoodRevision revision = packed.revision;
  revision.desired.grants = packed.grants.unpack();
  return std::make_shared<const GoodRevision>(std::move(revision));
}

void DesiredLoader::wake() {
  if (good_ == nullptr && packed_ != nullptr) good_ = unpacked(*packed_);
}

/// Replaces the good revision: what is known of the one before it goes.
void DesiredLoader::take_good(SharedRevision good) {
  packed_.reset();
  place_.reset();
  good_ = std::move(good);
}

const std::string& DesiredLoader::good_name() const {
  static const std::string kNone;
  if (good_ != nullptr) return good_->revision;
  return packed_ == nullptr ? kNone : packed_->revision.revision;
}

void DesiredLoader::inherit(const DesiredLoader& old) {
  const bool is_same_way = source_ == old.source_ && judge() == old.judge() &&
                           spec_.id == old.spec_.id && spec_.allow_empty == old.spec_.allow_empty;
  if (!is_same_way || !old.has_recalled_) return;
  has_inherited_ = true;
  is_current_ = old.is_current_;
  is_newest_ = old.is_newest_;
  good_ = old.good_;
  packed_ = old.packed_;
  place_ = old.place_;
  warnings_ = old.warnings_;
  ignored_ = old.ignored_;
}

SharedRevision DesiredLoader::good() const {
  return good_ == nullptr && packed_ != nullptr ? unpacked(*packed_) : good_;
}

/// A command that was under way at the reload may have stored a newer one since.
Result<void> DesiredLoader::check_inherited() {
  if (!has_inherited_) return {};
  const auto stored = state_.revisions.good_name();
  if (!stored) return stored.error();
  if (*stored == good_name()) return {};
  has_inherited_ = is_current_ = is_newest_ = false;
  take_good(nullptr);
  warnings_.clear();
  ignored_.clear();
  return {};
}

std::set<std::string> DesiredLoader::names() const {
  std::set<std::string> names;
  const SharedRevision known = good();
  if (known == nullptr) return names;
  for (const Grant& grant : known->desired.grants) names.insert(grant.name);
  return names;
}

}  // namespace authzd
