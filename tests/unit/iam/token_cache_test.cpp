// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/token.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using std::chrono::seconds;

constexpr TokenCache::Time kStart{seconds(5000)};

TokenCache cache_with_an_hour() {
  TokenCache cache;
  Token token;
  token.text = Secret("t");
  token.life = seconds(3600);
  cache.store(std::move(token), kStart);
  return cache;
}

TEST(TokenCache, HasNothingAtFirst) {
  const TokenCache cache;

  EXPECT_TRUE(cache.expired(kStart));
  EXPECT_FALSE(cache.expiring_soon(kStart));
}

TEST(TokenCache, WantsAnotherTokenAfterFourFifthsOfItsLife) {
  const TokenCache cache = cache_with_an_hour();

  EXPECT_FALSE(cache.expiring_soon(kStart + seconds(2879)));
  EXPECT_TRUE(cache.expiring_soon(kStart + seconds(2880)));
  EXPECT_FALSE(cache.expired(kStart + seconds(2880)));
}

TEST(TokenCache, TrustsNoTokenForLongerThanADay) {
  for (const seconds claimed : {seconds(3'000'000'000'000), seconds::max()}) {
    TokenCache cache;
    Token token;
    token.text = Secret("t");
    token.life = claimed;
    cache.store(std::move(token), kStart);

    EXPECT_FALSE(cache.expired(kStart + std::chrono::hours(23)));
    EXPECT_TRUE(cache.expiring_soon(kStart + std::chrono::hours(20)));
    EXPECT_TRUE(cache.expired(kStart + std::chrono::hours(24)));
  }
}

TEST(TokenCache, ServesTheOldTokenUntilShortlyBeforeItsEnd) {
  const TokenCache cache = cache_with_an_hour();

  EXPECT_FALSE(cache.expired(kStart + seconds(3589)));
  EXPECT_TRUE(cache.expired(kStart + seconds(3590)));
  EXPECT_FALSE(cache.expiring_soon(kStart + seconds(3590)));
}

TEST(TokenCache, WaitsAMinuteAfterAFailedRefresh) {
  TokenCache cache = cache_with_an_hour();
  cache.refresh_failed(kStart + seconds(3000));

  EXPECT_FALSE(cache.expiring_soon(kStart + seconds(3059)));
  EXPECT_TRUE(cache.expiring_soon(kStart + seconds(3060)));
}

TEST(TokenCache, DropsOnlyTheTokenThatWasRefused) {
  TokenCache cache = cache_with_an_hour();
  const unsigned refused = cache.bearer().serial;
  Token token;
  token.life = seconds(3600);
  cache.store(std::move(token), kStart);

  cache.drop(refused);
  EXPECT_FALSE(cache.expired(kStart));

  cache.drop(cache.bearer().serial);
  EXPECT_TRUE(cache.expired(kStart));
}

}  // namespace
}  // namespace authzd
