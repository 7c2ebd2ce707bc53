// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/record/recording_client.hpp"

#include <utility>

namespace authzd {
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
