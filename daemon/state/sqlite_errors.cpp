// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/sqlite_errors.hpp"

#include <sqlite3.h>

namespace authzd {

namespace {

constexpr int kPrimary = 0xff;  // an extended code contains the primary one in its low byte

std::string start_anew(const std::string& path) {
  return "; restore " + path +
         " from a backup, or move it and its -wal and -shm away: authzd then "
         "starts without history, undo and pins, and holds every delete until it is approved";
}

}  // namespace

Error damaged_error(const std::string& path, std::string_view how) {
  return {ErrorCode::invalid_config,
          "the state " + path + " is damaged: " + std::string(how) + start_anew(path)};
}

Error no_wal_error(const std::string& path) {
  return {ErrorCode::invalid_config,
          "the state " + path +
              " lies on a file system that cannot keep a write-ahead log; put it on a local disk"};
}

Error sql_error(int code, std::string_view message, const std::string& path) {
  const std::string state = "the state " + path;
  switch (code & kPrimary) {
    case SQLITE_FULL:
      return {ErrorCode::unavailable,
              state +
                  " cannot grow: the disk is full; free some space. Until then authzd writes "
                  "nothing to IAM"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::unavailable, state + " is locked by another program; close that one"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return {ErrorCode::invalid_config,
              state + " cannot be written: " + std::string(message) +
                  "; the file and its directory must be writable by the user that authzd runs as"};
    case SQLITE_NOTADB:
      return {ErrorCode::invalid_config, state + " is not a database of authzd" + start_anew(path)};
    case SQLITE_CORRUPT: return damaged_error(path, message);
    case SQLITE_IOERR:
      return {ErrorCode::unavailable,
              state + " cannot be read or written: " + std::string(message) + "; check the disk"};
    default: return {ErrorCode::internal, state + ": " + std::string(message)};
  }
}

}  // namespace authzd
