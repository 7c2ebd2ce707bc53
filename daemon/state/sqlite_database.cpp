// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/sqlite_database.hpp"

#include "daemon/state/schema.hpp"
#include "daemon/state/sqlite_errors.hpp"
#include "daemon/state/state_file.hpp"
#include "daemon/state/state_serial.hpp"
#include "daemon/state/suspensions.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sqlite3.h>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace authzd {
namespace {

constexpr const char* kMemory = ":memory:";

constexpr std::size_t kMostStatements = 128;  // kept compiled

/// Statements of the schema and the connection run only once.
bool is_worth_keeping(std::string_view text) {
  constexpr std::array<std::string_view, 6> kBegins{
      "SELECT", "INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT"};
  return std::ranges::any_of(kBegins,
                             [text](std::string_view word) { return text.starts_with(word); });
}

/// Binds the value as the parameter of that number, from 1; returns SQLite's code.
int bind(sqlite3_stmt* statement, int parameter, const SqlValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value.held())) {
    return sqlite3_bind_int64(statement, parameter, *number);
  }
  if (const auto* text = std::get_if<std::string_view>(&value.held())) {
    // SQLITE_STATIC, which is a null: the text outlives the statement. Empty text is not NULL.
    const char* data = text->data() == nullptr ? "" : text->data();
    return sqlite3_bind_text64(statement, parameter, data, text->size(), nullptr, SQLITE_UTF8);
  }
  return sqlite3_bind_null(statement, parameter);
}

class SqliteRow final : public SqlRow {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}

  [[nodiscard]] bool is_null(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  [[nodiscard]] std::int64_t number(int column) const override {
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] std::string text(int column) const override {
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    if (data == nullptr || size <= 0) return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
  }

 private:
  sqlite3_stmt* statement_;
};

/// Rolls back an uncommitted transaction, also when an exception passes through.
class Rollback {
 public:
  Rollback(sqlite3* connection, bool& is_changing, std::uint64_t& rollbacks)
      : connection_(connection), is_changing_(is_changing), rollbacks_(rollbacks) {
    is_changing_ = true;
  }
  ~Rollback() {
    is_changing_ = false;
    if (sqlite3_get_autocommit(connection_) == 0) {
      sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
    if (!is_done_) ++rollbacks_;
  }
  void done() { is_done_ = true; }
  Rollback(const Rollback&) = delete;
  Rollback& operator=(const Rollback&) = delete;

 private:
  sqlite3* connection_;
  bool& is_changing_;
  std::uint64_t& rollbacks_;
  bool is_done_ = false;
};

/// The file does not exist, or is empty.
bool is_empty(const std::string& path) {
  std::error_code ec;
  const auto size = std::filesystem::file_size(path, ec);
  return ec || size == 0;
}

}  // namespace

void SqliteDatabase::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void SqliteDatabase::Close::operator()(sqlite3* connection) const {
  sqlite3_close_v2(connection);
}

SqliteDatabase::SqliteDatabase(DatabaseOptions options) : options_(std::move(options)) {}

SqliteDatabase::~SqliteDatabase() = default;

Result<std::shared_ptr<Database>> SqliteDatabase::open(DatabaseOptions options) {
  std::shared_ptr<SqliteDatabase> database(new SqliteDatabase(std::move(options)));
  const std::string& path = database->options_.path;
  if (path != kMemory) {
    database->note_loss(is_empty(path) && !is_empty(path + ".key"));
    if (auto prepared = prepare_state_file(path); !prepared) return std::move(prepared).error();
    auto lock = LockFile::take(path + ".lock");
    if (!lock) return std::move(lock).error();
    database->lock_ = std::move(*lock);
  }
  if (auto connected = database->connect(); !connected) return std::move(connected).error();
  if (auto prepared = database->prepare_connection(); !prepared) return std::move(prepared).error();
  auto key = path == kMemory ? random_key() : state_key(path + ".key");
  if (!key) return std::move(key).error();
  database->seal_with(std::move(*key));
  if (auto migrated = migrate(*database, path); !migrated) return std::move(migrated).error();
  if (path != kMemory) {
    database->serial_ = std::make_unique<StateSerial>(path + ".serial");
    const auto is_older = database->serial_->settle(database);
    if (!is_older) return is_older.error();
    database->note_age(*is_older);
  }
  if (auto taken = Suspensions(database).take_from_file(); !taken) return std::move(taken).error();
  return std::shared_ptr<Database>(std::move(database));
}

std::optional<std::string> SqliteDatabase::file() const {
  if (options_.path == kMemory) return std::nullopt;
  return options_.path;
}

Result<void> SqliteDatabase::connect() {
  sqlite3* connection = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(options_.path.c_str(), &connection, kFlags, nullptr);
  connection_.reset(connection);
  if (code != SQLITE_OK) return failure(code);
  sqlite3_busy_timeout(connection, static_cast<int>(options_.busy_timeout.count()));
  sqlite3_set_authorizer(connection, note_change, this);
  return {};
}

/// WAL with a full sync: committed data survives a power failure. Code in the file's schema is
/// never executed.
Result<void> SqliteDatabase::prepare_connection() {
  for (const char* pragma : {"PRAGMA trusted_schema = OFF",
                             "PRAGMA foreign_keys = ON",
                             "PRAGMA synchronous = FULL",
                             "PRAGMA journal_size_limit = 4194304"}) {
    if (auto done = each(pragma, {}, [](const SqlRow&) {}); !done) return done;
  }
  if (auto found = check_file(*this, options_.path); !found) return found;
  if (options_.path != kMemory) {
    const auto mode = first<std::string>(
        "PRAGMA journal_mode = WAL", {}, [](const SqlRow& row) { return row.text(0); });
    if (!mode) return mode.error();
    if (mode->value_or("") != "wal") return no_wal_error(options_.path);
  }
  if (options_.max_pages == 0) return {};
  const std::string limit = "PRAGMA max_page_count = " + std::to_string(options_.max_pages);
  return each(limit.c_str(), {}, [](const SqlRow&) {});
}

Result<void> SqliteDatabase::atomically(const std::function<Result<void>()>& change) {
  if (is_changing_) return change();
  if (auto begun = run("BEGIN IMMEDIATE"); !begun) return begun;
  Rollback rollback(connection_.get(), is_changing_, rollbacks_);
  const auto before = sqlite3_total_changes64(connection_.get());
  if (auto changed = change(); !changed) return changed;
  const bool is_changed = sqlite3_total_changes64(connection_.get()) != before;
  const bool grows = is_changed && serial_ != nullptr;
  if (grows) {
    if (auto grown = serial_->grow(*this); !grown) return grown;
  }
  if (auto committed = commit(); !committed) return committed;
  rollback.done();
  if (grows) serial_->committed();
  return {};
}

Result<void> SqliteDatabase::commit() {
  if (options_.before_commit) options_.before_commit();
  if (auto committed = run("COMMIT"); !committed) return committed;
  if (options_.after_commit) options_.after_commit();
  return {};
}

Result<void> SqliteDatabase::each(const char* query,
                                  std::initializer_list<SqlValue> values,
                                  const std::function<void(const SqlRow&)>& take) {
  auto statement = take_statement(query);
  if (!statement) return std::move(statement).error();
  sqlite3_stmt* const prepared = statement->prepared.get();
  int parameter = 0;
  for (const SqlValue& value : values) {
    const int code = bind(prepared, ++parameter, value);
    if (code != SQLITE_OK) return failure(code);
  }
  for (std::uint64_t* changes : statement->changes) ++*changes;
  const SqliteRow row(prepared);
  int code = SQLITE_OK;
  while ((code = sqlite3_step(prepared)) == SQLITE_ROW) take(row);
  if (code != SQLITE_DONE) return failure(code);
  give_back(query, std::move(*statement));
  return {};
}

/// SQLite calls it while it compiles a statement, for all that the statement may do.
int SqliteDatabase::note_change(
    void* database, int operation, const char* table, const char*, const char*, const char*) {
  const bool is_change =
      operation == SQLITE_INSERT || operation == SQLITE_UPDATE || operation == SQLITE_DELETE;
  if (!is_change || table == nullptr) return SQLITE_OK;
  auto* const self = static_cast<SqliteDatabase*>(database);
  self->changed_.push_back(&self->changes_[table]);
  return SQLITE_OK;
}

/// The caller owns it: a statement that runs recursively is compiled again. One that fails, or is
/// left by an exception, is discarded.
Result<SqliteDatabase::Statement> SqliteDatabase::take_statement(const char* text) {
  if (auto kept = statements_.extract(text); !kept.empty()) return std::move(kept.mapped());
  sqlite3_stmt* prepared = nullptr;
  changed_.clear();
  const int code = sqlite3_prepare_v2(connection_.get(), text, -1, &prepared, nullptr);
  Statement statement{{prepared, {}}, std::move(changed_)};
  if (code != SQLITE_OK) return failure(code);
  return Result<Statement>(std::move(statement));
}

void SqliteDatabase::give_back(const char* text, Statement statement) {
  if (statements_.size() >= kMostStatements || !is_worth_keeping(text)) return;
  sqlite3_reset(statement.prepared.get());
  sqlite3_clear_bindings(statement.prepared.get());
  statements_.insert_or_assign(text, std::move(statement));
}

Result<StateVersion> SqliteDatabase::version(const std::vector<std::string>& tables) {
  const auto others = first<std::int64_t>("SELECT data_version FROM pragma_data_version",
                                          {},
                                          [](const SqlRow& row) { return row.number(0); });
  if (!others) return others.error();
  StateVersion version{rollbacks_, others->value_or(0)};
  for (const std::string& table : tables) version.own += changes_[table];
  return version;
}

Error SqliteDatabase::failure(int code) const {
  return sql_error(code, sqlite3_errmsg(connection_.get()), options_.path);
}

}  // namespace authzd
