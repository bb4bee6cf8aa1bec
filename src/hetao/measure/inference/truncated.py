"""Regression with a dependent variable truncated from below, by maximum likelihood, for many samples at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.technology import Matrix

__all__ = ["TruncatedFits", "draw_truncated", "fit_truncated"]

STEPS = 200  # of Newton's method at most
ENOUGH = 1e-12  # Newton's decrement, in units of the log-likelihood, at which the maximum is reached
LEAST_PRECISION = 1e-7  # h below it, in units of the data: the likelihood grows without limit as σ does
CHUNK = 4_000_000  # numbers held at once


@dataclass(frozen=True)
class TruncatedFits:
    """Maximum-likelihood fits of R samples.

    Attributes:
        coefficients: (R, k) of z.
        sigma: (R,) of the error before truncation.
        likelihood: (R,) log-likelihood at the maximum.
        curvature: (R, k + 1, k + 1) minus the Hessian in (β, σ); its inverse is the usual covariance.
        found: (R,) was the maximum reached? Where not, the numbers are NaN: the likelihood has none.
    """

    coefficients: Matrix
    sigma: Matrix
    likelihood: Matrix
    curvature: Matrix
    found: NDArray[np.bool_]


def draw_truncated(mean: Matrix, sigma: float, limit: float, random: np.random.Generator, samples: int) -> Matrix:
    """Return (samples, n) normal values with these means and this σ, truncated from below at ``limit``.

    Drawn by the inverse of the distribution in logarithms, so that limits far in the tail cost no digits.
    """
    from scipy.special import log_ndtr, ndtri_exp

    share = random.random((samples, len(mean)))
    beyond = log_ndtr((mean - limit) / sigma)  # log of the share above the limit
    with np.errstate(divide="ignore"):
        found: Matrix = mean - sigma * ndtri_exp(np.log1p(-share) + beyond)
    return np.maximum(found, limit)


def fit_truncated(y: Matrix, z: Matrix, limit: float) -> TruncatedFits:
    """Fit y = zβ + ε, ε ~ N(0, σ²), of which only y > limit is seen.

    In Olsen's (1978) parameters γ = β/σ and h = 1/σ the likelihood has at most one maximum (Orme and Ruud 2002); it is
    found by Newton's method from the untruncated least squares. There is none where the values thin out more slowly
    than the tail of any normal distribution.

    Args:
        y: (R, n) samples of the dependent variable, all ≥ limit.
        z: (n, k) regressors of full column rank, the first of them the constant 1.
        limit: where y is truncated.
    """
    size = max(1, CHUNK // max(1, y.shape[1] * z.shape[1]))
    turn, upper = np.linalg.qr(z)  # regressors as they come are of any size and far from 0: Newton's steps want neither
    turn, upper = turn * np.sqrt(len(z)), upper / np.sqrt(len(z))
    parts = [_fit(y[start : start + size] - limit, turn) for start in range(0, len(y), size)]
    gamma, h, likelihood, hessian, found = (np.concatenate(column) for column in zip(*parts, strict=True))
    gamma = np.linalg.solve(upper, gamma.T).T
    back = np.eye(len(upper) + 1)
    back[:-1, :-1] = upper
    hessian = back.T @ hessian @ back
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma = 1.0 / h
        beta = gamma * sigma[:, None]
        curvature = _in_beta_and_sigma(hessian, gamma, h)
    beta[:, 0] += limit  # it was taken off y
    for array in (beta, sigma, likelihood, curvature):
        array[~found] = np.nan
    return TruncatedFits(beta, sigma, likelihood, curvature, found)


def _fit(y: Matrix, z: Matrix) -> tuple[Matrix, Matrix, Matrix, Matrix, NDArray[np.bool_]]:
    """Return γ, h, log-likelihood, minus the Hessian and success of samples truncated at 0."""
    scale = np.maximum(y.mean(axis=1), np.finfo(float).tiny)  # samples of very different size behave alike
    y = y / scale[:, None]
    (r, n), k = y.shape, z.shape[1]
    beta = np.linalg.lstsq(z, y.T, rcond=None)[0].T
    spread = np.sqrt(np.maximum(((y - beta @ z.T) ** 2).mean(axis=1), 1e-12))
    theta = np.column_stack([beta / spread[:, None], 1.0 / spread])
    value, gradient, hessian = _derivatives(theta, y, z)
    done, lost = np.zeros(r, dtype=bool), np.zeros(r, dtype=bool)
    for _ in range(STEPS):
        at = np.flatnonzero(~done & ~lost)
        if not len(at):
            break
        step = _newton(hessian[at], gradient[at])
        gain = (step * gradient[at]).sum(axis=1)
        done[at] = gain <= ENOUGH
        at, step, gain = at[~done[at]], step[~done[at]], gain[~done[at]]
        moved, better = _line_search(theta[at], step, gain, value[at], y[at], z)
        theta[at[better]] = moved[better]
        lost[at] = ~better | (theta[at, k] < LEAST_PRECISION)
        value[at], gradient[at], hessian[at] = _derivatives(theta[at], y[at], z)
    value = value - n * np.log(scale)
    theta[:, k] /= scale
    hessian[:, :, k] *= scale[:, None]
    hessian[:, k, :] *= scale[:, None]
    return theta[:, :k], theta[:, k], value, hessian, done


def _newton(hessian: Matrix, gradient: Matrix) -> Matrix:
    """Return the steps, with curvature added where the likelihood is not concave."""
    values, vectors = np.linalg.eigh(hessian)
    least = 1e-10 * np.maximum(values.max(axis=1, keepdims=True), 1e-300)
    values = np.maximum(np.abs(values), least)
    turned = np.einsum("rji,rj->ri", vectors, gradient) / values
    found: Matrix = np.einsum("rij,rj->ri", vectors, turned)
    return found


def _line_search(
    theta: Matrix, step: Matrix, gain: Matrix, value: Matrix, y: Matrix, z: Matrix
) -> tuple[Matrix, NDArray[np.bool_]]:
    """Halve the steps until the likelihood rises enough and h stays above 0; say which did."""
    moved, better, length = theta.copy(), np.zeros(len(theta), dtype=bool), np.ones(len(theta))
    for _ in range(60):
        at = np.flatnonzero(~better)
        if not len(at):
            break
        tried = theta[at] + length[at, None] * step[at]
        fits = tried[:, -1] > 0.0
        risen = np.full(len(at), -np.inf)
        if fits.any():
            risen[fits] = _likelihood(tried[fits], y[at[fits]], z)
        rounding = 1e-13 * np.abs(value[at])
        good = risen >= value[at] + 1e-4 * length[at] * gain[at] - rounding
        moved[at[good]], better[at[good]] = tried[good], True
        length[at[~good]] *= 0.5
    return moved, better


def _likelihood(theta: Matrix, y: Matrix, z: Matrix) -> Matrix:
    from scipy.special import log_ndtr

    w, h = theta[:, :-1] @ z.T, theta[:, -1:]
    rest = h * y - w
    found: Matrix = (np.log(h) - 0.5 * rest**2 - log_ndtr(w)).sum(axis=1) - 0.5 * y.shape[1] * np.log(2.0 * np.pi)
    return found


def _derivatives(theta: Matrix, y: Matrix, z: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Return the log-likelihood, its gradient and minus its Hessian in (γ, h), for samples truncated at 0."""
    from scipy.special import log_ndtr

    w, h = theta[:, :-1] @ z.T, theta[:, -1:]
    rest, below = h * y - w, log_ndtr(w)
    half = 0.5 * np.log(2.0 * np.pi)
    value = (np.log(h) - 0.5 * rest**2 - below - half).sum(axis=1)
    mills = np.exp(-0.5 * w**2 - half - below)
    slope = mills * (mills + w)  # in (0, 1): how much truncation takes off the curvature
    gradient = np.column_stack([(rest - mills) @ z, (1.0 / h - y * rest).sum(axis=1)])
    k = z.shape[1]
    hessian = np.empty((len(y), k + 1, k + 1))
    hessian[:, :k, :k] = np.einsum("rn,ni,nj->rij", 1.0 - slope, z, z, optimize=True)
    hessian[:, :k, k] = hessian[:, k, :k] = -(y @ z)
    hessian[:, k, k] = (1.0 / h**2 + y**2).sum(axis=1)
    return value, gradient, hessian


def _in_beta_and_sigma(hessian: Matrix, gamma: Matrix, h: Matrix) -> Matrix:
    """Return minus the Hessian at the maximum in (β, σ): J'HJ, the gradient being 0."""
    k = gamma.shape[1]
    jacobian = np.zeros_like(hessian)
    jacobian[:, np.arange(k), np.arange(k)] = h[:, None]
    jacobian[:, :k, k] = -gamma * h[:, None]
    jacobian[:, k, k] = -(h**2)
    found: Matrix = np.einsum("rji,rjk,rkl->ril", jacobian, hessian, jacobian)
    return found
