// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The state in a file (ADR 10): one SQLite connection, locked against other processes, at the
// newest schema. Each call ends on disk before it returns, and does not wait for anything else.
#pragma once

#include "daemon/state/database.hpp"

#include <string>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace authzd {

class LockFile;
class StateSerial;

class SqliteDatabase final : public Database {
 public:
  /// As Database::open().
  static Result<std::shared_ptr<Database>> open(DatabaseOptions options);

  ~SqliteDatabase() override;

  Result<void> atomically(const std::function<Result<void>()>& change) override;
  Result<void> each(const char* query,
                    std::initializer_list<SqlValue> values,
                    const std::function<void(const SqlRow&)>& take) override;
  Result<StateVersion> version(const std::vector<std::string>& tables) override;
  [[nodiscard]] std::optional<std::string> file() const override;

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  struct Statement {
    std::unique_ptr<sqlite3_stmt, Finalize> prepared;
    std::vector<std::uint64_t*> changes;  // of the tables that it changes
  };

  explicit SqliteDatabase(DatabaseOptions options);

  static int note_change(void* database,
                         int operation,
                         const char* table,
                         const char* column,
                         const char* schema,
                         const char* trigger);
  Result<void> connect();
  Result<void> prepare_connection();
  Result<void> commit();
  Result<Statement> take_statement(const char* text);
  void give_back(const char* text, Statement statement);
  [[nodiscard]] Error failure(int code) const;

  DatabaseOptions options_;
  std::unique_ptr<LockFile> lock_;  // before the connection: released after it is closed
  std::unique_ptr<sqlite3, Close> connection_;
  /// Compiled and currently unused: compiling takes longer than running for a row.
  std::unordered_map<std::string, Statement> statements_;
  std::unordered_map<std::string, std::uint64_t> changes_;  // by table
  std::vector<std::uint64_t*> changed_;  // by the statement that is being compiled
  std::uint64_t rollbacks_ = 0;
  std::unique_ptr<StateSerial> serial_;  // none: in memory, or not opened yet
  bool is_changing_ = false;
};

}  // namespace authzd
