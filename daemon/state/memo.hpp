// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What was read from the state and is kept in memory until a table that it was read from may have
// changed: by a statement of this process, by a rollback, or by another process that has opened the
// file (Database::version).
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/copy_on_write.hpp"
#include "reconciler/base/result.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace authzd {

/// `T` is a container.
template <class T>
class Memo {
 public:
  Memo(std::shared_ptr<Database> database, std::vector<std::string> tables)
      : database_(std::move(database)), tables_(std::move(tables)) {}
  ~Memo() { drop(); }
  Memo(const Memo&) = delete;
  Memo& operator=(const Memo&) = delete;

  /// What `read` returns, which reads these tables and nothing else. Errors: those of `read`.
  Result<CopyOnWrite<T>> get(const std::function<Result<T>()>& read) {
    const auto version = database_->version(tables_);
    if (!version) return version.error();
    if (kept_ && *version == version_) return *kept_;
    drop();
    auto fresh = read();
    if (!fresh) return std::move(fresh).error();
    const std::size_t size = fresh->size();
    CopyOnWrite<T> value(std::move(*fresh));
    if (!database_->take_room(size)) return value;
    kept_ = value;
    room_ = size;
    version_ = *version;
    return value;
  }

 private:
  void drop() {
    if (kept_) database_->give_room_back(room_);
    kept_.reset();
  }

  std::shared_ptr<Database> database_;
  std::vector<std::string> tables_;
  std::optional<CopyOnWrite<T>> kept_;
  std::size_t room_ = 0;  // that it takes
  StateVersion version_;  // of the tables, when it was read
};

}  // namespace authzd
