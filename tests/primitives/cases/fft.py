"""Fourier transforms; complex operands are made of two real ones."""

import numpy as np

M, V, T = (2, 3), (4,), (2, 3, 2)


def of_complex(f):
    return lambda a, b: f(a + 1j * b)


COMPLEX_TO_COMPLEX = (np.fft.fft, np.fft.ifft)
TO_REAL = (np.fft.irfft, np.fft.hfft)
FROM_REAL = (np.fft.rfft, np.fft.ihfft)

CASES = {
    f: [
        (f, (V,)),
        (f, ((5,),)),
        (lambda x, f=f: f(x, 6, axis=0, norm="ortho"), (M,)),
        (lambda x, f=f: f(x, n=3, norm="forward"), (V,)),
        (lambda x, f=f: f(x, axis=1, norm="backward"), (T,)),
        *([] if f in FROM_REAL else [(of_complex(f), (M, M))]),
    ]
    for f in (*COMPLEX_TO_COMPLEX, *TO_REAL, *FROM_REAL)
}
CASES |= {
    f: [
        (f, (M,)),
        (lambda x, f=f: f(x, axes=(0, -1), norm="ortho"), (T,)),
        (lambda x, f=f: f(x, s=(3, 4), axes=(1, 0)), (M,)),
        (lambda x, f=f: f(x, s=(-1, 2), axes=(0, 1), norm="forward"), (M,)),
        *([] if "rf" in f.__name__ and "i" not in f.__name__ else [(of_complex(f), (M, M))]),
    ]
    for f in (
        np.fft.fftn,
        np.fft.ifftn,
        np.fft.rfftn,
        np.fft.irfftn,
        np.fft.fft2,
        np.fft.ifft2,
        np.fft.rfft2,
        np.fft.irfft2,
    )
}
CASES |= {
    f: [(f, (V,)), (f, (M,)), (lambda x, f=f: f(x, -1), (M,)), (lambda x, f=f: f(x, (0, 2)), (T,))]
    for f in (np.fft.fftshift, np.fft.ifftshift)
}
