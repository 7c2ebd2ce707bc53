// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Records exchanges as a trace (reconciler/trace), by itself or in an HTTP client. Failures never
// affect the work: the first one is logged, and ends the recording.
#pragma once

#include "daemon/log.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/http.hpp"
#include "daemon/record/trace_file.hpp"
#include "reconciler/trace/disguise.hpp"
#include "reconciler/trace/vocabulary.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace authzd {

/// The names that IBM publishes (daemon/data), which a trace may contain.
PublishedNames published_names();

struct TraceRecorderOptions {
  /// Set one of the two. A file is one trace, which ends when it is full. In a folder, a full trace
  /// is followed by another one, and the oldest are removed.
  std::string file = {};
  std::string folder = {};
  std::size_t most_bytes = 32U << 20U;  // of a trace
  std::size_t most_traces = 8;          // in a folder
};

class TraceRecorder {
 public:
  /// `clock` must outlive this. The stand-ins depend on one random key from `randomness`.
  TraceRecorder(TraceRecorderOptions options, Clock& clock, Randomness& randomness, Log log);

  /// Creates the file of TraceRecorderOptions::file now, so that nothing happens without a trace.
  /// Errors: as TraceFile::create.
  Result<void> open();

  /// Sets which IAM it is; before the first exchange.
  void describe(Endpoint endpoint) { header_.endpoint = endpoint; }

  /// Never fails, and never throws.
  void keep(const RawExchange& exchange) noexcept;

  /// Of all traces.
  [[nodiscard]] std::size_t kept() const { return kept_; }

  /// The file that is being written; empty: none yet.
  [[nodiscard]] std::string path() const { return file_ ? file_->path() : std::string(); }

  /// Removes a file that is still empty.
  void discard();

 private:
  Result<void> write(const std::string& line);
  Result<void> begin();
  Result<void> make_room(std::size_t bytes);
  void give_up(const std::string& why) noexcept;

  TraceRecorderOptions options_;
  Clock& clock_;
  Log log_;
  Disguise disguise_;
  TraceHeader header_;
  std::optional<TraceFile> file_;
  std::size_t number_ = 0;  // of the exchange, in its trace
  std::size_t kept_ = 0;
  bool has_ended_ = false;
};

/// A name that sorts by time: "authzd-20261130T064813Z.trace.jsonl". `copy` distinguishes those of
/// one second.
std::string trace_name(Timestamp now, std::size_t copy);

/// Sends through `client`, and passes each completed exchange to `recorder`, but not cancelled
/// ones. `clock` must outlive it. Errors and cancellation: as `client`.
std::unique_ptr<HttpClient> make_recording_client(std::shared_ptr<HttpClient> client,
                                                  std::shared_ptr<TraceRecorder> recorder,
                                                  TracePeer peer,
                                                  Clock& clock);

}  // namespace authzd
