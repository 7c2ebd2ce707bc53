// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/record/trace_recorder.hpp"

#include "daemon/data/data.hpp"
#include "daemon/net/version.hpp"

#include <nlohmann/json.hpp>

#include <exception>
#include <string>
#include <utility>

namespace authzd {
namespace {

using Json = nlohmann::json;

void add_crns(const Json& roles, PublishedNames& names) {
  for (const auto& [role, crn] : roles.items()) {
    if (crn.is_string()) names.role_crns.insert(crn.get<std::string>());
  }
}

void add_service(const std::string& service, const Json& entry, PublishedNames& names) {
  names.services.insert(service);
  // "is.share" is a part of "is", which is what policies name.
  names.services.insert(service.substr(0, service.find('.')));
  for (const char* group : {"platform", "service"}) {
    if (!entry.contains(group)) continue;
    for (const Json& role : entry.at(group)) {
      const auto name = role.get<std::string>();
      std::string word = name;
      std::erase(word, ' ');
      names.roles.insert(name);
      const std::string owner = service.substr(0, service.find('.'));
      names.role_crns.insert("crn:v1:bluemix:public:" + owner + "::::serviceRole:" + word);
      names.role_crns.insert("crn:v1:bluemix:public:iam::::serviceRole:" + word);
      names.role_crns.insert("crn:v1:bluemix:public:iam::::role:" + word);
    }
  }
}

}  // namespace

PublishedNames published_names() {
  PublishedNames names;
  const Json data = Json::parse(kServiceRoles, nullptr, false);
  for (const char* part : {"services", "elsewhere"}) {
    for (const auto& [service, entry] : data.at(part).items()) add_service(service, entry, names);
  }
  for (const auto& [service, roles] : data.at("crns").items()) add_crns(roles, names);
  for (const Json& pair : Json::parse(kPairs, nullptr, false)) {
    for (const char* side : {"source", "target"}) {
      const Json& place = pair.at(side);
      if (place.contains("service")) names.services.insert(place.at("service").get<std::string>());
    }
  }
  names.services.erase("");
  return names;
}

namespace {

constexpr std::size_t kKeyDigits = 64;  // 256 bits
constexpr std::size_t kMostCopies = 100;

}  // namespace

std::string trace_name(Timestamp now, std::size_t copy) {
  std::string time = to_rfc3339(std::chrono::floor<std::chrono::seconds>(now));
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  const std::string which = copy == 0 ? "" : "-" + std::to_string(copy + 1);
  return "authzd-" + time + which + ".trace.jsonl";
}

TraceRecorder::TraceRecorder(TraceRecorderOptions options,
                             Clock& clock,
                             Randomness& randomness,
                             Log log)
    : options_(std::move(options)),
      clock_(clock),
      log_(std::move(log)),
      disguise_(Secret(randomness.hex(kKeyDigits)), published_names()) {
  header_.authzd = kVersion;
}

/// In a folder, the first unused name of this second.
Result<void> TraceRecorder::open() {
  Result<TraceFile> made = Error{ErrorCode::internal, "no trace was named"};
  if (!options_.file.empty()) {
    made = TraceFile::create(options_.file);
  } else {
    const std::string folder = options_.folder.empty() ? "." : options_.folder;
    make_trace_folder(folder);
    for (std::size_t copy = 0; copy < kMostCopies && !made; ++copy) {
      made = TraceFile::create(folder + "/" + trace_name(clock_.now(), copy));
    }
  }
  if (!made) return std::move(made).error();
  file_.emplace(std::move(*made));
  return {};
}

Result<void> TraceRecorder::begin() {
  if (!file_) {
    if (auto opened = open(); !opened) return opened;
    if (!options_.folder.empty()) keep_newest_traces(options_.folder, options_.most_traces);
  }
  number_ = 0;
  header_.begun = clock_.now();
  return file_->append(header_line(header_));
}

/// A trace without room for the line ends; in a folder another one begins.
Result<void> TraceRecorder::make_room(std::size_t bytes) {
  const bool is_new = !file_ || file_->size() == 0;
  const bool has_room = is_new || file_->size() + bytes <= options_.most_bytes;
  if (is_new) return begin();
  if (has_room) return {};
  if (auto ended = file_->append(cut_line()); !ended) return ended;
  if (!options_.folder.empty()) {
    file_.reset();
    return begin();
  }
  return Error{ErrorCode::unavailable,
               "the trace " + file_->path() + " is full (" +
                   std::to_string(options_.most_bytes >> 20U) + " MiB)"};
}

Result<void> TraceRecorder::write(const std::string& line) {
  auto written = file_->append(line);
  if (!written) return written;
  ++kept_;
  return {};
}

void TraceRecorder::keep(const RawExchange& exchange) noexcept {
  if (has_ended_) return;
  try {
    const TraceExchange shown = disguise_.of(exchange);
    std::string line = exchange_line(shown, number_ + 1);
    auto room = make_room(line.size());
    if (!room) return give_up(room.error().message);
    if (number_ == 0) line = exchange_line(shown, 1);
    ++number_;
    if (auto written = write(line); !written) give_up(written.error().message);
  } catch (const std::exception& exception) {  // out of memory, or a bug: the work continues
    give_up(exception.what());
  }
}

void TraceRecorder::give_up(const std::string& why) noexcept {
  has_ended_ = true;
  try {
    log_.warning("what follows is not recorded; nothing else is affected", {{"error", why}});
  } catch (const std::exception&) {  // out of memory for a log line
  }
}

void TraceRecorder::discard() {
  if (file_ && file_->size() == 0) file_->discard();
}

namespace {

TraceHeaders pairs_of(const HttpHeaders& headers) {
  TraceHeaders pairs;
  for (const HttpHeader& header : headers) pairs.emplace_back(header.name, header.value);
  return pairs;
}

class RecordingClient final : public HttpClient {
 public:
  RecordingClient(std::shared_ptr<HttpClient> client,
                  std::shared_ptr<TraceRecorder> recorder,
                  TracePeer peer,
                  Clock& clock)
      : client_(std::move(client)), recorder_(std::move(recorder)), peer_(peer), clock_(clock) {}

  Async<HttpResponse> send(HttpRequest request) override {
    RawExchange exchange;
    exchange.peer = peer_;
    exchange.at = clock_.now();
    exchange.method = request.method;
    exchange.target = request.target;
    exchange.headers = pairs_of(request.headers);
    exchange.body = request.body;
    const auto begun = clock_.ticks();
    Result<HttpResponse> response = co_await client_->send(std::move(request));
    exchange.took = std::chrono::round<std::chrono::milliseconds>(clock_.ticks() - begun);
    if (response) {
      exchange.reply = RawReply{response->status, pairs_of(response->headers), response->body};
    } else {
      exchange.error = to_string(response.error().code);
    }
    recorder_->keep(exchange);
    co_return response;
  }

 private:
  std::shared_ptr<HttpClient> client_;
  std::shared_ptr<TraceRecorder> recorder_;
  TracePeer peer_;
  Clock& clock_;
};

}  // namespace

std::unique_ptr<HttpClient> make_recording_client(std::shared_ptr<HttpClient> client,
                                                  std::shared_ptr<TraceRecorder> recorder,
                                                  TracePeer peer,
                                                  Clock& clock) {
  return std::make_unique<RecordingClient>(std::move(client), std::move(recorder), peer, clock);
}

}  // namespace authzd
