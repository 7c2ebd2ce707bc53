// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/database.hpp"

#include "daemon/state/sqlite_database.hpp"
#include "reconciler/base/digest.hpp"

namespace authzd {

Result<std::shared_ptr<Database>> Database::open(DatabaseOptions options) {
  return SqliteDatabase::open(std::move(options));
}

bool Database::take_room(std::size_t entries) {
  if (entries > room_) return false;
  room_ -= entries;
  return true;
}

std::string Database::seal(std::string_view text) const {
  return hmac_sha256_hex(key_.reveal(), text);
}

}  // namespace authzd
